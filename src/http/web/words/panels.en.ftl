# Re-optimize, somebody is out, a temp, and the needs-attention queue. English.

to-the-day = To the day
day-over-means = { $date } is over. It can be looked at, but not arranged any more.
to-whom = to
walk-in = walk-in
days = { $n ->
    [one] 1 day
   *[other] { $n } days
}
reason-nobody-here = Nobody of the kind it needs is here that day.
reason-alone = Nobody could serve it even on an empty day ({ $why }).
reason-crowded = { $n ->
    [one] This cannot be served by { $who }: { $bookings }.
   *[other] These { $n } cannot all be served by { $who }: { $bookings }.
}
reason-undecided = The search was stopped before it was known whether there is room.
rule-too-few = there are too few of them
repair-rearrange = Change nothing and search again: there is room as things are.
repair-stay = Let { $name } stay { $time } longer, until { $at }.
repair-come = Let { $name } come { $time } earlier, at { $at }.
repair-temp = { $n ->
    [one] Take on a temp for { $able } from { $from } to { $to }.
   *[other] Take on { $n } temps for { $able } from { $from } to { $to }.
}
repair-waive = Ask the customer of { $booking } to do without the wish for a woman or a man.
repair-unbind = Ask the customer of { $booking } to take somebody else.
repair-earlier = Move { $booking } { $time } earlier, to { $at }.
repair-later = Move { $booking } { $time } later, to { $at }.
tiers = What it is worth, the most important goal first
tiers-same = On no goal does it change anything.
tiers-verdict = better or worse
tiers-better = better
tiers-worse = worse
tier-preferences = wishes not met
tier-preferences-means = parts of the house and people that were preferred; lower is better
tier-unplaced-means = weighed by how much it matters to serve each
tier-finalized_moved-means = each of them has to be told another name
tier-balance-means = far more work on some than on others counts most; lower is more even
tier-moved-means = who serves them is somebody else than now

opt-what-for = What for?
opt-repair = Put it right with as little change as possible
opt-repair-means = Serve whoever can be served; whoever was told a name keeps it.
opt-told = The same, and customers who were told a name may be moved
opt-told-means = Only where there is no other way; each of them is told the new name.
opt-night = The whole day by the house's own goals
opt-night-means = As the nightly run does it: everybody who was told no name may change hands.
opt-rest = What is left of the day
opt-rest-means = Whoever has begun stays; what is still open is tried again.
opt-seconds = At most
opt-nothing-yet = First you see what would change. Nothing is written, and nobody is told, before you apply it.
opt-begin = Look what would change
opt-looks = Looks that still hold
opt-under-way = The search is under way
opt-elapsed = { $s } s of at most { $of } s
opt-waiting = It waits for its turn.
opt-reasons = All goals are done. Now the reasons are found for whoever is left out.
opt-tier = Goal { $n } of { $of }:
opt-value = Best so far
opt-bound = Cannot be better than
opt-parts = { $n } of { $of } parts of the day are done.
opt-stop = Stop and show what is found
opt-refresh = Look again
opt-failed = The search came to nothing, and nothing was changed.
opt-lost = This search is not known here any more: the service was started anew, or another one began it. Nothing was changed. Begin it again.
opt-applied = { $n ->
    [one] Applied: one booking changed hands.
   *[other] Applied: { $n } bookings changed hands.
}
opt-kept = Nothing had to be changed: the day stands so already.
opt-look-only = This is what would change. Nothing is written yet.
opt-changed = The day was changed since this was looked at, so that it cannot be applied. Look again.
opt-stays = Nothing was put back: the day was changed since, or somebody is busy by now.
opt-no-way-back = It cannot be undone from here: it was changed since, has begun, or somebody would be left with nobody.
opt-undo-part = Of { $of } moves { $n } still stand so and would be put back.
opt-undo-told = { $n ->
    [one] Undo tells one customer, who knows a name, another again:
   *[other] Undo tells { $n } customers, who know a name, another again:
}
opt-proven = Every goal is proven: there is no better plan.
opt-unproven = This is the best plan that was found; a longer search may find a better one.
opt-moves = { $n ->
    [0] Nobody changes hands
    [one] One booking changes hands
   *[other] { $n } bookings change hands
}
opt-told-moved = { $n ->
    [one] One customer was told a name and is told another:
   *[other] { $n } customers were told a name and are told another:
}
opt-left = { $n ->
    [one] One booking is left with nobody
   *[other] { $n } bookings are left with nobody
}
opt-record = As it is on record
opt-apply = Apply it
opt-again = Look again
opt-leave = Leave it

abs-words = Who is out, and when?
abs-words-example = Grace is out sick tomorrow
abs-look = Look what it means
abs-picked = Or pick it
abs-who = Who
abs-from = From
abs-from-time = from when (whole day if empty)
abs-to = Until
abs-to-time = until when
abs-why = Why
abs-sick = sick
abs-leave = leave
abs-course = course
abs-tell = Customers who were told a name may be moved
abs-tell-means = They are told the new name when you confirm. Otherwise they wait for your decision.
abs-standing = Absences that stand
abs-standing-n = { $n ->
    [one] 1 absence stands
   *[other] { $n } absences stand
}
abs-standing-by = confirmed by { $who } on { $at }
abs-block-gone = The time away itself was removed since: they are on duty again, and the bookings are where the absence put them.
abs-nothing-yet = First you see what it means. Nothing is written, and nobody is told, before you confirm it.
abs-say-again = Or say it in other words:
abs-about-who = Whom do you mean?
abs-about-when = When do you mean?
abs-about-past = That is over already.
abs-about-backwards = That would end before it begins.
abs-about-word = There is a word in it that is not understood here.
abs-about-other = That does not say that somebody is out.
abs-out = { $name } is out
abs-nobody-booked = Nobody is booked with them then.
abs-will-tell = { $n ->
    [one] One customer is told another name when you confirm.
   *[other] { $n } customers are told another name when you confirm.
}
abs-confirm = Confirm
abs-confirm-tell = Confirm and tell them
abs-with-telling = What if told customers may be moved?
abs-without-telling = What if nobody is told?
abs-until = It can be confirmed as you see it until { $time }.
abs-confirmed = Confirmed by { $who }.
abs-undone = It was taken back.
abs-old = This look is too old to be confirmed.
abs-newer = To the new look
abs-expired = It was looked at more than ten minutes ago, so nothing was written. This is what it means now.
abs-outdated = A day was changed after it was looked at, so nothing was written. This is what it means now.
abs-affected = { $n ->
    [0] No booking is with them.
    [one] One booking is with them.
   *[other] { $n } bookings are with them.
}
abs-unplaced = { $n ->
    [one] One booking would be left with nobody, and waits for you
   *[other] { $n } bookings would be left with nobody, and wait for you
}
abs-told = { $n ->
    [one] One customer has to be told
   *[other] { $n } customers have to be told
}
abs-silent = { $n ->
    [one] One is moved without a word: its customer knows no name yet
   *[other] { $n } are moved without a word: their customers know no name yet
}
abs-kept = { $n ->
    [one] One stays as it is
   *[other] { $n } stay as they are
}
abs-kept-all = { $n ->
    [one] One booking of the day keeps who serves it.
   *[other] { $n } bookings of the day keep who serves them.
}
abs-helps = What would help:
abs-restored = { $n ->
    [one] One booking is again where it was.
   *[other] { $n } bookings are again where they were.
}
abs-stayed = { $n ->
    [one] One stays where it is:
   *[other] { $n } stay where they are:
}

tmp-name = Name
tmp-can = Can do
tmp-wanted = Ticked already: what the waiting bookings need; if none waits, what most bookings of the day need.
tmp-hours = Here
tmp-start = from
tmp-end = to
tmp-hours-mean = Both empty: as long as the house is open that day.
tmp-add = Add
tmp-hired = { $name } is on the day and can be booked. Whoever waits is tried again by itself.

att-nothing = Nothing waits for a decision.
att-on-the-board = On the day's board
att-code-unplaced = Nobody serves it
att-code-no-contact = Somebody has to be told in person
att-age = waits for { $age }
att-attempts = { $n ->
    [one] tried again once
   *[other] tried again { $n } times
}
att-asked = the customer was asked
att-changed = The day was changed, or this is not possible any more: look again at how it stands now.
att-settled = Settled { $at }:
att-settled-by = Settled { $at } by { $who }:
att-was = It was about this:
att-waited = waited for { $age }
att-held = It is with { $name } now: whoever gets it takes their place.
att-searching = Looking for what would help …
att-search = Look what would help
att-room = There is room by now: trying again is enough.
att-no-help = No single change would place it: that is proven for all that were thought of.
att-no-help-yet = Nothing was found in the time there was.
att-more-help = There may be more: the search was stopped.
att-also = { $n ->
    [one] One more booking that waits is served with it.
   *[other] { $n } more bookings that wait are served with it.
}
att-price = What it costs
att-accept = Do it
att-choose = Choose { $n } people
att-else = What else can be done
att-requeue = Try again now
att-ask = Ask the customer
att-confirm = Let it stand
att-else-means = “Ask the customer” sends them other times, or other people; “Let it stand” confirms it although nobody serves it yet: it goes on waiting here.
att-cancel = Call the booking off
att-cancel-why = Why? The customer is told that it is called off.
att-resolve = It is settled
att-resolve-how = How was it settled?
att-done-settled = Done: nothing is left to decide here.
att-done-open = Done: it goes on waiting here.
att-tried = Last tried again { $at }.
att-asked-at = The customer was asked { $at }.

book-what = What
book-gender = Served by
book-no-wish = no wish
book-person = With whom
book-whoever = whoever is free
book-party = How many come
book-look = Show times
book-when = When there is room
book-full = There is no room on this day for that.
book-taken = { $time } is not free any more. Pick another time.
book-no-services = There are no services yet: add them under Settings.
book-do = Book
f-book-at = Time
f-customer-name = Who comes
f-customer-name-hint = Empty: somebody who has just walked in.
f-phone = Phone
f-email = E-mail
f-email-hint = A phone number or an e-mail address, so that they can be told who serves them.
f-notes = Notes
abs-backwards = It ends before it begins: choose a later end.
