# What stands around every page, and what is said in many places. English.

skip = Skip to the page
ways = Parts of the screen
location = Location
way-day = Day
way-attention = Needs attention
way-week = Week
way-bookings = Bookings
way-runs = Runs
way-ledger = Fairness
way-messages = Messages
way-whatifs = What if
way-settings = Settings
waiting = { $n ->
    [one] booking waits
   *[other] bookings wait
}
sign-in = Sign in
sign-out = Sign out
sign-in-house = House
sign-in-login = Name you sign in with
sign-in-password = Password
sign-in-by-token = Sign in with a token
sign-in-wrong = The house, the name or the password is wrong.
sign-in-token-wrong = The token does not count: it is no token, it is over, or its key was replaced.
sign-in-customer = This is a customer's token. These pages are for the people of the house.
sign-in-too-often = { $n ->
    [one] Too many tries. Try again in a second.
   *[other] Too many tries. Try again in { $n } seconds.
}
sign-in-token = Token
role-frontdesk = front desk
role-scheduler = scheduler
role-manager = manager
role-admin = admin
no-locations = There is no location yet. An admin adds one in the settings.
which-location = Which location?
unit-hours = h
unit-minutes = min
close = Close

problem-onward = To the day
problem-bad-request = This cannot be read
problem-unauthenticated = Sign in first
problem-forbidden = This is not for you
problem-not-found = There is no such thing
problem-method-not-allowed = This cannot be done there
problem-timeout = It took too long to arrive
problem-slot-full = Nobody who could serve it is free then
problem-already-booked = This customer has that booking already
problem-hold-expired = The hold ran out
problem-version-conflict = Somebody else changed it in the meantime
problem-illegal-transition = A booking in this state cannot do that
problem-too-late = It is too late for that
problem-choice-not-offered = Customers do not choose a person here
problem-preview-expired = It was looked at too long ago
problem-preview-outdated = The day was changed after it was looked at
problem-whatifs-open = As many what-ifs are open as may be
problem-whatif-not-done = The what-if has no answer yet
problem-not-real = It is so only in the what-if
problem-payload-too-large = This is too large
problem-unsupported-media-type = This is not a form
problem-invalid = What was given is not acceptable
problem-whatif-too-large = The what-if asks for too many days
problem-asked-back = The words are not clear
problem-unknown-person = Nobody of that name works there
problem-idempotency-key-missing = The form lacks its key
problem-idempotency-key-reused = This form was sent with something else in it
problem-rate-limited = Too many requests
problem-internal = Something broke here
problem-busy = Too much at once: try again
problem-store-unavailable = The database does not answer
fault-not-done = This was not done.
