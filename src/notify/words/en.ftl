# What people are told, in English. Each message has a .subject, one line, and a .body, the whole.

weekday = { $n ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
month = { $n ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
date = { $weekday } { $day } { $month } { $year }
date-time = { $date } at { $time }
all-of = { $most } and { $last }
one-of = { $most } or { $last }
our-team = our team
your-visit = your visit
what = { $service } at { $location } on { $date } at { $time }
gender-note = { $waived ->
    [yes] {" "}We have nobody of the gender you asked for, so that wish could not be met.
   *[no] {""}
}

booking-confirmed =
    .subject = Booked for { $date } at { $time }
    .body = Dear { $customer }, { $what } is booked. We'll confirm who serves you before your visit.{ $gendernote }

booking-moved =
    .subject = Change: your visit is on { $date } at { $time }
    .body = Dear { $customer }, there is a change: your visit is now { $what }. We'll confirm who serves you before your visit.

booking-cancelled =
    .subject = Cancelled: your visit on { $date } at { $time }
    .body = Dear { $customer }, we are sorry: we have to cancel your visit, { $what }. Please call us if you would like another time.

booking-reminder =
    .subject = Your visit on { $date } at { $time }
    .body = Dear { $customer }, we look forward to your visit: { $what }.{ $count ->
        [0] {""}
       *[other] {" "}{ $who } will serve you.
    }

assignment-finalized =
    .subject = { $who } will serve you on { $date } at { $time }
    .body = Dear { $customer }, { $who } will serve you: { $what }.{ $gendernote }{ $timechanged ->
        [yes] {" "}Please note the time.
       *[no] {""}
    } We look forward to your visit.

assignment-changed =
    .subject = Change: { $who } will serve you on { $date } at { $time }
    .body = { $timechanged ->
        [yes] Dear { $customer }, there is a change: your visit is now { $what }, and { $who } will serve you.
       *[no] Dear { $customer }, there is a change: { $who } will serve you instead: { $what }. The time stays the same.
    }

attention-asked =
    .subject = We need to change your visit on { $date } at { $time }
    .body = Dear { $customer }, we are sorry: we cannot serve you as booked ({ $what }).{ $offered ->
        [times] {" "}Could you come { $times } instead?
        [people] {" "}Could { $people } serve you instead?
        [both] {" "}Could you come { $times } instead, or could { $people } serve you?
       *[nothing] {""}
    } Please call us.
# One of the times in a question.
at-time = at { $time }
at-date-time = on { $date } at { $time }

attention-alert =
    .subject = { $count ->
        [one] One booking without anybody
       *[other] { $count } bookings without anybody
    } at { $location } on { $date }
    .body = { $count ->
        [one] Nobody serves this
       *[other] Nobody serves these
    } at { $location } on { $date }:
        { $lines }

attention-resolved =
    .subject = Room was made at { $location } on { $date }
    .body = Room was made at { $location } on { $date }:
        { $lines }
