# Kupanga upya, asiyekuwepo, wa muda, na foleni ya zinazohitaji uangalizi. Kiswahili.

to-the-day = Kwenye siku
day-over-means = { $date } imekwisha. Inaweza kutazamwa, lakini haiwezi kupangwa tena.
to-whom = kwa
walk-in = aliyekuja bila miadi
days = { $n ->
    [one] siku 1
   *[other] siku { $n }
}
reason-nobody-here = Hakuna wa aina inayohitajika siku hiyo.
reason-alone = Hakuna ambaye angeweza kuihudumia hata siku ikiwa tupu ({ $why }).
reason-crowded = { $n ->
    [one] Hii haiwezi kuhudumiwa na { $who }: { $bookings }.
   *[other] Hizi { $n } haziwezi zote kuhudumiwa na { $who }: { $bookings }.
}
reason-undecided = Utafutaji ulisimamishwa kabla ya kujulikana kama kuna nafasi.
rule-too-few = ni wachache mno
repair-rearrange = Usibadilishe kitu, tafuta tena: kuna nafasi kama mambo yalivyo.
repair-stay = { $name } abaki { $time } zaidi, hadi { $at }.
repair-come = { $name } aje { $time } mapema, saa { $at }.
repair-temp = { $n ->
    [one] Chukua mtu wa muda kwa { $able } kuanzia { $from } hadi { $to }.
   *[other] Chukua watu wa muda { $n } kwa { $able } kuanzia { $from } hadi { $to }.
}
repair-waive = Mwombe mteja wa { $booking } aache ombi la mwanamke au mwanamume.
repair-unbind = Mwombe mteja wa { $booking } akubali mtu mwingine.
repair-earlier = Sogeza { $booking } { $time } mapema, hadi saa { $at }.
repair-later = Sogeza { $booking } { $time } mbele, hadi saa { $at }.
tiers = Thamani yake, lengo muhimu zaidi kwanza
tiers-same = Hakuna lengo linalobadilika.
tiers-verdict = bora au mbaya zaidi
tiers-better = bora
tiers-worse = mbaya zaidi
tier-preferences = maombi yasiyotimizwa
tier-preferences-means = sehemu za nyumba na watu waliopendelewa; kidogo ni bora
tier-unplaced-means = kwa uzito wa umuhimu wa kumhudumia kila mmoja
tier-finalized_moved-means = kila mmoja wao lazima aambiwe jina jingine
tier-balance-means = kazi nyingi mno kwa wengine kuliko wengine huhesabiwa zaidi; kidogo ni sawa zaidi
tier-moved-means = anayewahudumia ni mwingine kuliko sasa

opt-what-for = Kwa ajili ya nini?
opt-repair = Rekebisha kwa mabadiliko machache iwezekanavyo
opt-repair-means = Mhudumie kila anayeweza kuhudumiwa; aliyeambiwa jina anabaki nalo.
opt-told = Vivyo hivyo, na wateja walioambiwa jina wanaweza kuhamishwa
opt-told-means = Pale tu ambapo hakuna njia nyingine; kila mmoja ataambiwa jina jipya.
opt-night = Siku nzima kwa malengo ya nyumba
opt-night-means = Kama upangaji wa usiku: kila ambaye hajaambiwa jina anaweza kubadilishiwa mhudumu.
opt-rest = Kilichobaki cha siku
opt-rest-means = Aliyeanza anabaki; kilicho wazi kinajaribiwa tena.
opt-seconds = Si zaidi ya
opt-nothing-yet = Kwanza unaona kitakachobadilika. Hakuna kinachoandikwa, wala anayeambiwa, kabla hujatekeleza.
opt-begin = Angalia kitakachobadilika
opt-looks = Maangalizi ambayo bado ni halali
opt-under-way = Utafutaji unaendelea
opt-elapsed = sekunde { $s } kati ya { $of }
opt-waiting = Unasubiri zamu yake.
opt-reasons = Malengo yote yamekamilika. Sasa sababu zinatafutwa kwa walioachwa.
opt-tier = Lengo { $n } kati ya { $of }:
opt-value = Bora hadi sasa
opt-bound = Haiwezi kuwa bora kuliko
opt-parts = Sehemu { $n } kati ya { $of } za siku zimekamilika.
opt-stop = Simamisha na uonyeshe kilichopatikana
opt-refresh = Angalia tena
opt-failed = Utafutaji haukufanikiwa, na hakuna kilichobadilishwa.
opt-lost = Utafutaji huu haujulikani tena hapa: huduma ilianzishwa upya, au huduma nyingine iliuanzisha. Hakuna kilichobadilishwa. Uanze tena.
opt-applied = { $n ->
    [one] Imetekelezwa: miadi moja imebadilisha mhudumu.
   *[other] Imetekelezwa: miadi { $n } zimebadilisha mhudumu.
}
opt-kept = Hakuna kilichohitaji kubadilishwa: siku tayari iko hivyo.
opt-look-only = Hiki ndicho kitakachobadilika. Hakuna kilichoandikwa bado.
opt-changed = Siku ilibadilishwa tangu hili liangaliwe, hivyo haliwezi kutekelezwa. Angalia tena.
opt-stays = Hakuna kilichorudishwa: siku ilibadilishwa baadaye, au mtu ana kazi nyingine sasa.
opt-no-way-back = Haiwezi kutenduliwa kutoka hapa: ilibadilishwa baadaye, imeshaanza, au mtu angebaki bila mhudumu.
opt-undo-part = Kati ya mabadiliko { $of }, { $n } bado yako hivyo na yangerudishwa.
opt-undo-told = { $n ->
    [one] Ukitendua, mteja mmoja aliyeambiwa jina ataambiwa jingine tena:
   *[other] Ukitendua, wateja { $n } walioambiwa jina wataambiwa jingine tena:
}
opt-proven = Kila lengo limethibitishwa: hakuna mpango bora zaidi.
opt-unproven = Huu ndio mpango bora uliopatikana; utafutaji mrefu zaidi unaweza kupata bora zaidi.
opt-moves = { $n ->
    [0] Hakuna anayebadilisha mhudumu
    [one] Miadi moja inabadilisha mhudumu
   *[other] Miadi { $n } zinabadilisha mhudumu
}
opt-told-moved = { $n ->
    [one] Mteja mmoja aliambiwa jina na ataambiwa jingine:
   *[other] Wateja { $n } waliambiwa jina na wataambiwa jingine:
}
opt-left = { $n ->
    [one] Miadi moja inabaki bila mhudumu
   *[other] Miadi { $n } zinabaki bila mhudumu
}
opt-record = Ilivyoandikwa
opt-apply = Tekeleza
opt-again = Angalia tena
opt-leave = Acha

abs-words = Nani hayupo, na lini?
abs-words-example = Grace ni mgonjwa kesho
abs-look = Angalia maana yake
abs-picked = Au chagua
abs-who = Nani
abs-from = Kuanzia
abs-from-time = kuanzia saa (siku nzima ikiwa tupu)
abs-to = Hadi
abs-to-time = hadi saa
abs-why = Kwa nini
abs-sick = mgonjwa
abs-leave = likizo
abs-course = mafunzo
abs-tell = Wateja walioambiwa jina wanaweza kuhamishwa
abs-tell-means = Wataambiwa jina jipya ukithibitisha. La sivyo wanasubiri uamuzi wako.
abs-standing = Kutokuwepo kunakoendelea
abs-standing-n = { $n ->
    [one] Kutokuwepo 1 kunaendelea
   *[other] Kutokuwepo { $n } kunaendelea
}
abs-standing-by = kulithibitishwa na { $who } tarehe { $at }
abs-block-gone = Muda wa kutokuwepo wenyewe uliondolewa baadaye: yuko kazini tena, na miadi ipo pale kutokuwepo kulipoiweka.
abs-nothing-yet = Kwanza unaona maana yake. Hakuna kinachoandikwa, wala anayeambiwa, kabla hujathibitisha.
abs-say-again = Au sema kwa maneno mengine:
abs-about-who = Unamaanisha nani?
abs-about-when = Unamaanisha lini?
abs-about-past = Hiyo tayari imepita.
abs-about-backwards = Hiyo ingeisha kabla ya kuanza.
abs-about-word = Kuna neno ambalo halieleweki hapa.
abs-about-other = Hiyo haisemi kwamba kuna asiyekuwepo.
abs-out = { $name } hayupo
abs-nobody-booked = Hakuna miadi naye wakati huo.
abs-will-tell = { $n ->
    [one] Mteja mmoja ataambiwa jina jingine ukithibitisha.
   *[other] Wateja { $n } wataambiwa jina jingine ukithibitisha.
}
abs-confirm = Thibitisha
abs-confirm-tell = Thibitisha na uwaambie
abs-with-telling = Je, wateja walioambiwa wakihamishwa?
abs-without-telling = Je, asipoambiwa yeyote?
abs-until = Inaweza kuthibitishwa kama unavyoiona hadi saa { $time }.
abs-confirmed = Imethibitishwa na { $who }.
abs-undone = Imetenduliwa.
abs-old = Angalizo hili ni la zamani mno kuthibitishwa.
abs-newer = Kwenye angalizo jipya
abs-expired = Iliangaliwa zaidi ya dakika kumi zilizopita, hivyo hakuna kilichoandikwa. Hii ndiyo maana yake sasa.
abs-outdated = Siku ilibadilishwa baada ya kuangaliwa, hivyo hakuna kilichoandikwa. Hii ndiyo maana yake sasa.
abs-affected = { $n ->
    [0] Hakuna miadi naye.
    [one] Miadi moja iko naye.
   *[other] Miadi { $n } ziko naye.
}
abs-unplaced = { $n ->
    [one] Miadi moja itabaki bila mhudumu, na inakusubiri
   *[other] Miadi { $n } zitabaki bila mhudumu, na zinakusubiri
}
abs-told = { $n ->
    [one] Mteja mmoja lazima aambiwe
   *[other] Wateja { $n } lazima waambiwe
}
abs-silent = { $n ->
    [one] Moja inahamishwa kimya: mteja wake hajui jina bado
   *[other] { $n } zinahamishwa kimya: wateja wake hawajui jina bado
}
abs-kept = { $n ->
    [one] Moja inabaki kama ilivyo
   *[other] { $n } zinabaki kama zilivyo
}
abs-kept-all = { $n ->
    [one] Miadi moja ya siku inabaki na anayeihudumia.
   *[other] Miadi { $n } za siku zinabaki na wanaozihudumia.
}
abs-helps = Nini kitasaidia:
abs-restored = { $n ->
    [one] Miadi moja imerudi ilipokuwa.
   *[other] Miadi { $n } zimerudi zilipokuwa.
}
abs-stayed = { $n ->
    [one] Moja inabaki ilipo:
   *[other] { $n } zinabaki zilipo:
}

tmp-name = Jina
tmp-can = Anaweza
tmp-wanted = Kilichochaguliwa tayari: kinachohitajiwa na miadi inayosubiri; kama hakuna, kinachohitajiwa na miadi mingi ya siku.
tmp-hours = Yupo
tmp-start = kuanzia
tmp-end = hadi
tmp-hours-mean = Zote mbili tupu: muda wote nyumba ikiwa wazi siku hiyo.
tmp-add = Ongeza
tmp-hired = { $name } yuko kwenye siku na anaweza kupewa miadi. Wanaosubiri watajaribiwa tena moja kwa moja.

att-nothing = Hakuna kinachosubiri uamuzi.
att-on-the-board = Kwenye ubao wa siku
att-code-unplaced = Hakuna anayeihudumia
att-code-no-contact = Mtu lazima aambiwe ana kwa ana
att-age = inasubiri kwa { $age }
att-attempts = { $n ->
    [one] imejaribiwa tena mara moja
   *[other] imejaribiwa tena mara { $n }
}
att-asked = mteja aliulizwa
att-changed = Siku ilibadilishwa, au hili haliwezekani tena: angalia ilivyo sasa.
att-settled = Ilishughulikiwa { $at }:
att-settled-by = Ilishughulikiwa { $at } na { $who }:
att-was = Ilihusu hili:
att-waited = ilisubiri kwa { $age }
att-held = Sasa iko na { $name }: atakayepewa anachukua nafasi hiyo.
att-searching = Kinachosaidia kinatafutwa …
att-search = Angalia kitakachosaidia
att-room = Sasa kuna nafasi: kujaribu tena kunatosha.
att-no-help = Hakuna badiliko moja litakaloipa nafasi: imethibitishwa kwa yote yaliyofikiriwa.
att-no-help-yet = Hakuna kilichopatikana kwa muda uliokuwepo.
att-more-help = Huenda kuna zaidi: utafutaji ulisimamishwa.
att-also = { $n ->
    [one] Miadi nyingine moja inayosubiri inahudumiwa pamoja nayo.
   *[other] Miadi nyingine { $n } zinazosubiri zinahudumiwa pamoja nayo.
}
att-price = Gharama yake
att-accept = Fanya
att-choose = Chagua watu { $n }
att-else = Nini kingine kinaweza kufanywa
att-requeue = Jaribu tena sasa
att-ask = Muulize mteja
att-confirm = Iache isimame
att-else-means = “Muulize mteja” humtumia nyakati nyingine, au watu wengine; “Iache isimame” huithibitisha ingawa hakuna anayeihudumia bado: inaendelea kusubiri hapa.
att-cancel = Futa miadi
att-cancel-why = Kwa nini? Mteja ataambiwa kuwa imefutwa.
att-resolve = Imeshughulikiwa
att-resolve-how = Ilishughulikiwaje?
att-done-settled = Imefanyika: hakuna kilichobaki kuamuliwa hapa.
att-done-open = Imefanyika: inaendelea kusubiri hapa.
att-tried = Ilijaribiwa mara ya mwisho { $at }.
att-asked-at = Mteja aliulizwa { $at }.

book-what = Huduma
book-gender = Ahudumiwe na
book-no-wish = bila chaguo
book-person = Na nani
book-whoever = yeyote aliye huru
book-party = Wanakuja wangapi
book-look = Onyesha nyakati
book-when = Nyakati zenye nafasi
book-full = Siku hii haina nafasi kwa hilo.
book-taken = { $time } haipatikani tena. Chagua wakati mwingine.
book-no-services = Bado hakuna huduma: ziongeze kwenye Mipangilio.
book-do = Weka miadi
f-book-at = Wakati
f-customer-name = Nani anakuja
f-customer-name-hint = Tupu: mteja aliyeingia bila miadi.
f-phone = Simu
f-email = Barua pepe
f-email-hint = Namba ya simu au anwani ya barua pepe, ili aambiwe nani atamhudumia.
f-notes = Maelezo
abs-backwards = Inaisha kabla haijaanza: chagua mwisho wa baadaye.
