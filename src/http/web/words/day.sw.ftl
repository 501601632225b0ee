# Siku: ubao, paneli, na yanayofanyika kutoka hapo. Kiswahili.

day-before = Siku iliyotangulia
day-after = Siku inayofuata
today = Leo
jump = Siku nyingine
other-day = Siku nyingine, vichujio
go = Nenda
do-book = Weka miadi
do-optimize = Panga upya
do-absence = Kuna asiyekuwepo
do-temp = Ongeza mtu wa muda
fact-bookings = { $n ->
    [one] miadi 1
   *[other] miadi { $n }
}
fact-people = { $n ->
    [one] mtu 1 kazini
   *[other] watu { $n } kazini
}
fact-waiting = { $n ->
    [one] 1 inahitaji uangalizi
   *[other] { $n } zinahitaji uangalizi
}
fact-absent = hawapo: { $names }
fact-over = imekwisha, kama ilivyofanyika
fact-zone = saa za { $zone }
filter-standing = Hali
filter-service = Huduma
filter-all = zote
filter-show = Onyesha
legend = Alama na vitufe
keys = Kwa kibodi: vitufe vya mshale huenda kutoka miadi hadi miadi, Enter hufungua, M huinua; kisha mishale huchagua mtu, Enter humpa, Escape hurudisha. Kwa kugusa: shikilia miadi mpaka iinuke, kisha iburute.
board = Ubao wa siku
unassigned = Bila mhudumu
waiting-here = { $n ->
    [0] hakuna inayosubiri
    [one] 1 inasubiri
   *[other] { $n } zinasubiri
}
nobody-waits = Kila miadi ina mhudumu.
nothing-booked = Hakuna miadi.
temp = wa muda
seats = { $n ->
    [one] kiti 1
   *[other] viti { $n }
}
load = { $load }
load-of-target = { $load } kati ya { $target }
load-means = Muda uliowekwa miadi ukilinganishwa na sehemu ya haki ya kazi ya siku; yuko kazini kwa { $capacity }. Mstari ni muda wa kazi, alama ni sehemu ya haki.
load-over = zaidi ya sehemu yake
off-duty = si zamu
away = hayupo
away-break = mapumziko
away-sick = mgonjwa
away-holiday = likizo
away-absence = hayupo
standing-needs = inahitaji uangalizi
standing-needs-means = hakuna anayeihudumia bado, au kuna jambo la kuamua
standing-held = imeshikiliwa
standing-held-means = imewekwa kwa mteja ambaye hajathibitisha
standing-provisional = ya muda
standing-provisional-means = inaweza kubadilisha mhudumu; mteja hajui jina
standing-bound = amechaguliwa
standing-bound-means = mteja alimchagua mtu huyu
standing-finalized = ameambiwa
standing-finalized-means = ya mwisho; mteja anajua jina
standing-over = imekwisha
standing-over-means = imefanyika, au hakuna aliyekuja
wish = ombi: { $gender }
gender-female = mwanamke
gender-male = mwanamume

panel = Miadi
booking-gone = Miadi hii haiko tena kwenye siku hii.
what-helps = Nini kitasaidia?
customer = Mteja
served-by = Na
nobody = hakuna bado
status-provisional = ya muda
status-bound = amechaguliwa na mteja
status-finalized = mteja ameambiwa
state = Hali
state-created = imetengenezwa sasa hivi
state-held = imeshikiliwa, haijathibitishwa
state-capacity-verified = kuna nafasi
state-assignment-pending = inasubiri mhudumu
state-assignment-in-progress = inapangwa
state-confirmed = imethibitishwa
state-manual-review = inahitaji uamuzi
state-failed = imeshindikana
state-cancelled = imefutwa
state-expired = muda wa kushikilia umekwisha
state-completed = imefanyika
state-no-show = hakuna aliyekuja
wished = Ombi
waived = halikutimizwa: hakuna mwenye sifa hiyo
party = Watu
notes = Maelezo
who-else = Nani mwingine anaweza kuhudumia
give = Mpe
give-to = { $name }
give-instead = badala ya { $name }
what-it-takes = Itahitaji nini?
rule-kind = si wa aina inayohitajika
rule-held = imeshikiliwa imara
rule-qualification = hana ujuzi unaohitajika
rule-gender = si jinsia iliyoombwa
rule-party = hailingani na idadi ya watu
rule-shift = si zamu yake wakati huo
rule-block = hayupo wakati huo
busy-with = ana kazi { $time }: { $what }
history = Historia

move-or-cancel = Hamisha au futa
whole-history = Kila kitu kuihusu
all-the-same = Hata hivyo?
take-away = Mwondolee
offer-nothing = Tayari anaishikilia.
offer-free = { $name } yuko huru: hakuna mwingine anayehamishwa.
offer-away = Hapo hakuna anayeihudumia: inasubiri kwenye “zinazohitaji uangalizi”.
offer-others = { $n ->
    [one] Kwa hili miadi nyingine moja inapaswa kubadilisha mhudumu:
   *[other] Kwa hili miadi nyingine { $n } zinapaswa kubadilisha mhudumu:
}
offer-told = { $n ->
    [one] Mteja mmoja aliambiwa jina na anapaswa kuambiwa tena: { $names }.
   *[other] Wateja { $n } waliambiwa jina na wanapaswa kuambiwa tena: { $names }.
}
offer-told-self = Mteja aliambiwa jina na ataambiwa jina jipya.
offer-proven = Hakuna njia yenye mabadiliko machache zaidi; imethibitishwa.
offer-unproven = Huenda kuna njia yenye mabadiliko machache zaidi; utafutaji ulisimamishwa kabla ya kujulikana.
offer-refused = Kuna kanuni inayozuia: { $why }
offer-impossible = Hakuna njia ambayo kila anayehudumiwa sasa ataendelea kuhudumiwa. Kuna atakayebaki bila mhudumu:
offer-changed = Siku ilibadilishwa wakati huo huo. Sasa inahitaji hivi:
offer-do = Fanya
offer-do-moves = { $n ->
    [one] Fanya: moja inahama
   *[other] Fanya: { $n } zinahama
}
offer-leave = Acha
offer-tier = Lengo
offer-before = Kabla
offer-after = Baada
override-why = Kwa nini hata hivyo? Itaandikwa kwenye historia pamoja na jina lako.
override-do = Mpe hata hivyo
override-manager = Meneja pekee anaweza kumpa hata hivyo.
overridden = Kinyume cha kanuni: { $rule }. Kwa nini hata hivyo: “{ $why }”
undo = Tendua
done-over = Hii ilibadilishwa baadaye, kwa hiyo haiwezi tena kutenduliwa kutoka hapa.
undone = Imerudishwa ilivyokuwa.
tier-unplaced = miadi zisizo na mhudumu
tier-finalized_moved = wateja walioambiwa na kuhamishwa
tier-balance = kutolingana kwa mzigo
tier-moved = miadi zilizohamishwa
tier-gender = maombi ya jinsia yasiyotimizwa
tier-resources_used = watu waliotumika
tier-temporary_used = wa muda waliotumika
tier-seats_wasted = viti vilivyobaki tupu
tier-zone_missed = maombi ya sehemu ya nyumba yasiyotimizwa
tier-affinity = mapendeleo yasiyotimizwa
tier-spread = siku ndefu zaidi kutoa fupi zaidi
live-lost = Si ya moja kwa moja: ukurasa huu unaweza kuwa wa zamani. Unajaribu tena.
act-failed = Haikufika. Angalia siku kabla ya kujaribu tena.
