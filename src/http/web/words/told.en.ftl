# Reasons: of what was done to a booking, of what runs did, of what is refused. English.

told-booked = booked
told-rescheduled = moved to another time
told-confirmed = confirmed
told-hold-over = the hold was not confirmed in time
told-cutoff = the day's plan became final
told-cutoff-free = the day's plan became final: given to whoever was free and had the least to do
told-anew = planned anew
told-after-all = there was room after all
told-nobody-free = nobody who could serve it is free
told-absence-undone = the absence was undone
told-taken-back = taken back by hand
told-by-hand = by hand
told-by-staff = decided by staff
told-day-over = the day is over
told-stands-alone = it was confirmed by hand while nobody serves it
told-begun-or-gone = it is over or was called off, or moved to another day
told-changed-since = it was changed since
told-begun = it has begun
told-not-any-more = { $name } cannot serve it then any more
told-and = and
told-room = made room for “{ $booking }”
told-moved-so = moved by hand, so that { $name } can serve “{ $booking }”
told-given = given to { $name } by hand
told-taken = taken from { $name } by hand
told-rule = against a rule ({ $rules })
told-no-contact = { $name } has no contact on file and has to be told by a person
told-begun-with = it has begun with { $name }
told-chosen = its customer chose { $name }
told-named = its customer was told { $name }
told-real-stranger = { $what } is not on file for that day.
told-real-drawn = A booking of the what-if is not booked: it was drawn or added by it.
told-real-left-out = “{ $what }” is booked; the what-if had taken it away.
told-real-told = “{ $what }”: its customer was told { $name }.
told-real-chose = “{ $what }”: its customer chose { $name }, or it has begun.
told-real-promised = “{ $what }” was promised to { $name } and would be left with nobody. Where they are away, enter that first.
told-run-unserved = { $n ->
    [one] One booking had nobody
   *[other] { $n } bookings had nobody
}
told-run-wrong = { $n ->
    [one] One booking was with somebody who cannot serve it
   *[other] { $n } bookings were with people who cannot serve them
}
told-run-same = The day stands as well as the best plan that was found.
told-run-enough = { $tier }: { $before } before, { $after } with the plan, which is better by { $gain } %. From { $threshold } % on it is worth it.
told-run-little = { $tier }: { $before } before, { $after } with the plan. It is worth it only from { $threshold } % on.
told-run-looked = { $who } had looked at it first.
told-run-promoted = Made real from a what-if: { $why }.
told-run-stands = The day stands so already.
told-run-raised = Whoever was promised somebody comes before all others, so that none is given up for others.
told-run-shadow = beside the live run

problem-not-found-means = It may be gone, or be at another place. Go on from the day.
problem-slot-full-means = The time was taken meanwhile: choose another.
problem-version-conflict-means = It is not any more as the page had it, and nothing was changed. Look again at how it stands now.
problem-illegal-transition-means = It stands otherwise by now, and nothing was changed. Look again at how it stands.
problem-busy-means = Too much is under way just now. Look at how it stands, and try again in a moment.
problem-store-unavailable-means = What was asked for may have been written, or not. Look at how it stands before you try again.
problem-internal-means = Look at how it stands before you try again; the log knows more.
problem-rate-limited-means = Wait a moment, and try again.
problem-whatifs-open-means = Wait until one is done, or call one off.
problem-whatif-too-large-means = It asks for too many days and cases at once: ask for less at a time.
problem-idempotency-key-reused-means = Load the page again and repeat it.
refused-other-session = The form is of another session, or an old one: load the page again and repeat it.
refused-other-site = The form came from another site.
refused-role = Your account may not do that: ask somebody whose account may.
refused-over = { $date } is over: only today and later days can be changed.
refused-whatif-old = The day was changed since the what-if read it. Ask again, to see how it stands now.
refused-whatif-empty = Nothing is booked on these days: choose days with bookings.
refused-whatif-days = Expected 1 to { $n } days, the last not before the first.
refused-number = Expected a whole number from { $least } to { $most }.
refused-length = Expected 1 to { $n } characters.
refused-date = This is no date. Expected year, month and day, such as 2026-11-21.
refused-email = This is no e-mail address. Expected one such as ruth@example.org.
refused-phone = This is no phone number. Expected one of this country, or one with its country code, such as +254 700 123 456.
refused-past = This is past: choose a later time.
refused-settled = It is settled already; there is nothing left to do.
refused-absence-over = The absence is over: choose an end that has still to come.
refused-absence-backwards = It ends before it starts: choose a later end.
refused-absence-long = The absence is too long: at most { $n } days.
refused-choose = Choose who gets it.
refused-not-served = It cannot be given to them: { $why }.
refused-not-as-many = These are not as many as it needs, or not of the kind: choose others.
refused-no-contact = { $name } has no contact on file: ask them in person.
refused-nothing-back = Nothing can be taken back: it was changed since, or is over.
refused-back-busy = Nothing was put back: { $name } cannot have “{ $booking }” back, being with “{ $other }” then.
refused-back-unable = Nothing was put back: { $name } cannot serve “{ $booking }” any more ({ $why }).
refused-not-with = “{ $booking }” is not with { $name } any more: look again.
