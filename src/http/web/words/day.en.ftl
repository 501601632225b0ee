# The day: board, panel, and what is done from there. English.

day-before = The day before
day-after = The day after
today = Today
jump = Another day
other-day = Another day, filters
go = Go
do-book = Take a booking
do-optimize = Re-optimize
do-absence = Somebody is out
do-temp = Add a temp
fact-bookings = { $n ->
    [one] 1 booking
   *[other] { $n } bookings
}
fact-people = { $n ->
    [one] 1 person on duty
   *[other] { $n } people on duty
}
fact-waiting = { $n ->
    [one] 1 needs attention
   *[other] { $n } need attention
}
fact-absent = not here: { $names }
fact-over = over, as it took place
fact-zone = clock of { $zone }
filter-standing = Standing
filter-service = Service
filter-all = all
filter-show = Show
legend = Signs and keys
keys = With the keyboard: arrow keys go from booking to booking, Enter opens one, M picks one up; then the arrow keys choose a person, Enter gives it to them, Escape puts it back. By touch: hold a booking until it lifts, then drag it.
board = The day's board
unassigned = Unassigned
waiting-here = { $n ->
    [0] nobody waits
    [one] 1 waits
   *[other] { $n } wait
}
nobody-waits = Everything has somebody.
nothing-booked = Nothing is booked.
temp = temp
seats = { $n ->
    [one] 1 seat
   *[other] { $n } seats
}
load = { $load }
load-of-target = { $load } of { $target }
load-means = Booked time beside a fair share of the day's work; on duty for { $capacity }. The bar is the time on duty, the mark the fair share.
load-over = above their share
off-duty = off duty
away = away
away-break = break
away-sick = sick
away-holiday = on leave
away-absence = away
standing-needs = needs attention
standing-needs-means = nobody serves it yet, or something about it has to be decided
standing-held = held
standing-held-means = kept for a customer who has not confirmed
standing-provisional = provisional
standing-provisional-means = may still change hands; the customer knows no name
standing-bound = chosen
standing-bound-means = the customer chose this person
standing-finalized = told
standing-finalized-means = final; the customer knows the name
standing-over = over
standing-over-means = it took place, or nobody came
wish = wish: { $gender }
gender-female = woman
gender-male = man

panel = Booking
booking-gone = This booking is not on this day any more.
what-helps = What helps?
customer = Customer
served-by = With
nobody = nobody yet
status-provisional = provisional
status-bound = chosen by the customer
status-finalized = told to the customer
state = State
state-created = just made
state-held = held, not confirmed
state-capacity-verified = there is room
state-assignment-pending = waits for somebody
state-assignment-in-progress = being assigned
state-confirmed = confirmed
state-manual-review = needs a decision
state-failed = failed
state-cancelled = called off
state-expired = hold ran out
state-completed = took place
state-no-show = nobody came
wished = Wish
waived = waived: nobody of that gender works here
party = People
notes = Note
who-else = Who else could serve it
give = Give
give-to = to { $name }
give-instead = in place of { $name }
what-it-takes = What would it take?
rule-kind = not of the kind that is needed
rule-held = held fast
rule-qualification = lacks the qualification
rule-gender = not the gender that was wished
rule-party = does not fit the party
rule-shift = not on duty then
rule-block = away then
busy-with = busy { $time } with { $what }
history = History

move-or-cancel = Move or cancel
whole-history = Everything about it
all-the-same = All the same?
take-away = Take it away from them
offer-nothing = They hold it already.
offer-free = { $name } is free: nobody else is moved.
offer-away = Nobody serves it then: it waits under “needs attention”.
offer-others = { $n ->
    [one] For this one other booking has to change hands:
   *[other] For this { $n } other bookings have to change hands:
}
offer-told = { $n ->
    [one] One customer was told a name and has to be told again: { $names }.
   *[other] { $n } customers were told a name and have to be told again: { $names }.
}
offer-told-self = The customer was told a name and is told the new one.
offer-proven = With less change there is no way; that is proven.
offer-unproven = There may be a way with less change; the search was stopped before that was known.
offer-refused = A rule is in the way: { $why }
offer-impossible = There is no way in which everybody who is served now still is. Somebody would be left with nobody:
offer-changed = The day was changed meanwhile. This is what it takes now:
offer-do = Do it
offer-do-moves = { $n ->
    [one] Do it: one moves
   *[other] Do it: { $n } move
}
offer-leave = Leave it
offer-tier = Goal
offer-before = Before
offer-after = After
override-why = Why all the same? It stands in the history with your name.
override-do = Give it all the same
override-manager = Only a manager may give it to them all the same.
overridden = Against a rule: { $rule }. Why all the same: “{ $why }”
undo = Undo
done-over = This was changed since and cannot be undone from here.
undone = Put back as it was.
tier-unplaced = bookings nobody serves
tier-finalized_moved = told customers moved
tier-balance = unevenness of the load
tier-moved = bookings moved
tier-gender = wishes for a gender not met
tier-resources_used = people used
tier-temporary_used = temps used
tier-seats_wasted = seats left empty
tier-zone_missed = wishes for a part of the house not met
tier-affinity = preferences missed
tier-spread = longest day less the shortest
live-lost = Not live: this page may be old. It tries again.
act-failed = That did not get through. Look at the day before you try again.
