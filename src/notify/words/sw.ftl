# What people are told, in Swahili. Each message has a .subject, one line, and a .body, the whole. Times are those of the 24-hour clock, without the
# word "saa", which would be read as the hours from sunrise.

weekday = { $n ->
    [1] Jumatatu
    [2] Jumanne
    [3] Jumatano
    [4] Alhamisi
    [5] Ijumaa
    [6] Jumamosi
   *[7] Jumapili
}
month = { $n ->
    [1] Januari
    [2] Februari
    [3] Machi
    [4] Aprili
    [5] Mei
    [6] Juni
    [7] Julai
    [8] Agosti
    [9] Septemba
    [10] Oktoba
    [11] Novemba
   *[12] Desemba
}
date = { $weekday }, { $day } { $month } { $year }
date-time = { $date }, { $time }
all-of = { $most } na { $last }
one-of = { $most } au { $last }
our-team = timu yetu
your-visit = huduma uliyoagiza
what = { $service }, { $location }, { $date }, { $time }
gender-note = { $waived ->
    [yes] {" "}Hatuna mhudumu wa jinsia uliyoomba, kwa hiyo ombi hilo halikuweza kutimizwa.
   *[no] {""}
}

booking-confirmed =
    .subject = Nafasi imehifadhiwa: { $date }, { $time }
    .body = Habari { $customer }, nafasi yako imehifadhiwa: { $what }. Tutakujulisha atakayekuhudumia kabla hujafika.{ $gendernote }

booking-moved =
    .subject = Mabadiliko: nafasi yako ni { $date }, { $time }
    .body = Habari { $customer }, kuna mabadiliko: nafasi yako sasa ni { $what }. Tutakujulisha atakayekuhudumia kabla hujafika.

booking-cancelled =
    .subject = Nafasi yako imefutwa: { $date }, { $time }
    .body = Habari { $customer }, samahani: tumelazimika kufuta nafasi yako ({ $what }). Tafadhali tupigie simu ukipenda muda mwingine.

booking-reminder =
    .subject = Kumbusho: { $date }, { $time }
    .body = Habari { $customer }, tunakukumbusha nafasi yako: { $what }.{ $count ->
        [0] {""}
        [one] {" "}{ $who } atakuhudumia.
       *[other] {" "}{ $who } watakuhudumia.
    } Karibu sana.

assignment-finalized =
    .subject = { $count ->
        [0] { $who } itakuhudumia
        [one] { $who } atakuhudumia
       *[other] { $who } watakuhudumia
    }: { $date }, { $time }
    .body = Habari { $customer }, { $count ->
        [0] { $who } itakuhudumia
        [one] { $who } atakuhudumia
       *[other] { $who } watakuhudumia
    }: { $what }.{ $gendernote }{ $timechanged ->
        [yes] {" "}Tafadhali zingatia muda.
       *[no] {""}
    } Karibu sana.

assignment-changed =
    .subject = { $count ->
        [0] Mabadiliko: { $who } itakuhudumia
        [one] Mabadiliko: { $who } atakuhudumia
       *[other] Mabadiliko: { $who } watakuhudumia
    }, { $date }, { $time }
    .body = Habari { $customer }, kuna mabadiliko: { $timechanged ->
        [yes] nafasi yako sasa ni { $what }, na { $count ->
            [0] { $who } itakuhudumia.
            [one] { $who } atakuhudumia.
           *[other] { $who } watakuhudumia.
        }
       *[no] { $count ->
            [0] sasa { $who } itakuhudumia
            [one] sasa { $who } atakuhudumia
           *[other] sasa { $who } watakuhudumia
        }: { $what }. Muda haujabadilika.
    }

attention-asked =
    .subject = Tunahitaji kubadilisha nafasi yako: { $date }, { $time }
    .body = Habari { $customer }, samahani: hatuwezi kukuhudumia kama ulivyoagiza ({ $what }).{ $offered ->
        [times] {" "}Je, unaweza kuja { $times } badala yake?
        [people] {" "}Je, unaweza kuhudumiwa na { $people } badala yake?
        [both] {" "}Je, unaweza kuja { $times } badala yake, au kuhudumiwa na { $people }?
       *[nothing] {""}
    } Tafadhali tupigie simu.
# One of the times in a question.
at-time = { $time }
at-date-time = { $date }, { $time }

attention-alert =
    .subject = { $count ->
        [one] Nafasi moja haina mhudumu
       *[other] Nafasi { $count } hazina mhudumu
    }: { $location }, { $date }
    .body = { $count ->
        [one] Nafasi hii haina mhudumu
       *[other] Nafasi hizi hazina mhudumu
    }, { $location }, { $date }:
        { $lines }

attention-resolved =
    .subject = Mhudumu amepatikana: { $location }, { $date }
    .body = Mhudumu amepatikana, { $location }, { $date }:
        { $lines }
