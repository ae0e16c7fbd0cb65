package mail

import (
	"crypto/rand"
	"html/template"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Letter is one mail to one address, as text and as HTML.
type Letter struct {
	To                  string
	Language            string
	Subject, Text, HTML string
}

// For is the letter with an address on it.
func (l Letter) For(address string) Letter {
	l.To = address
	return l
}

// messageID is a fresh ID of a letter; the default of the library would name this machine.
func messageID(from string) string { return rand.Text() + "@" + domain(from) }

// words are those of the letter with the link to a paper, Arabic first as everywhere.
type words struct {
	yours, ready, open, lasts, other, never string
	days, times                             counted // in lasts
}

// counted is a count with its noun, in the forms of a language; # stands for the digits.
type counted map[plural.Form]string

func (c counted) of(lang string, n int) string {
	text, ok := c[plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0)]
	if !ok {
		text = c[plural.Other]
	}
	return strings.ReplaceAll(text, "#", strconv.Itoa(n))
}

var spoken = map[string]words{
	"ar": {"وثيقتك", "طلبت إرسال رابط إلى وثيقتك. تجدها هنا:", "افتح صفحة الوثيقة",
		"يبقى الرابط صالحًا {days}، ويمكن تنزيل الوثيقة به {times}. من يملك الرابط يستطيع تنزيلها، فلا ترسله إلى أحد لا تثق به.",
		"إن لم تطلب هذه الرسالة فتجاهلها.", "هذه رسالة آلية، ولا يُقرأ الرد عليها. لا نطلب فيها كلمة مرور ولا دفعًا.",
		counted{plural.One: "يومًا واحدًا", plural.Two: "يومين", plural.Few: "# أيام", plural.Many: "# يومًا", plural.Other: "# يوم"},
		counted{plural.One: "مرة واحدة", plural.Two: "مرتين", plural.Few: "# مرات", plural.Other: "# مرة"}},
	"en": {"your document", "You have asked for a link to your document. It is here:", "Open the page of the document",
		"The link lasts {days}, and the document can be downloaded by it {times}. Whoever has the link can download it: send it on to nobody whom you do not trust.",
		"If you did not ask for this message, take no notice of it.", "This message was sent by a machine, and nobody reads answers to it. It asks for no password and no payment.",
		counted{plural.One: "# day", plural.Other: "# days"},
		counted{plural.One: "once", plural.Other: "# times"}},
	"kk": {"құжатыңыз", "Сіз құжатыңызға сілтеме сұрадыңыз. Ол мұнда:", "Құжат бетін ашу",
		"Сілтеме {days} жарамды, ол арқылы құжатты {times} жүктеп алуға болады. Сілтемесі бар кез келген адам құжатты жүктей алады: оны сенбейтін адамға жібермеңіз.",
		"Бұл хабарды сіз сұрамасаңыз, оған назар аудармаңыз.", "Хабар автоматты түрде жіберілді, оған берілген жауап оқылмайды. Мұнда құпиясөз де, төлем де сұралмайды.",
		counted{plural.Other: "# күн"},
		counted{plural.Other: "# рет"}},
	"ru": {"ваш документ", "Вы попросили прислать ссылку на ваш документ. Он здесь:", "Открыть страницу документа",
		"Ссылка действует {days}, скачать документ по ней можно {times}. Скачать его сможет любой, у кого есть ссылка: не пересылайте её тем, кому не доверяете.",
		"Если вы не просили об этом письме, не обращайте на него внимания.", "Письмо отправлено автоматически, ответы на него никто не читает. В нём не просят ни пароля, ни оплаты.",
		counted{plural.One: "# день", plural.Few: "# дня", plural.Many: "# дней", plural.Other: "# дня"},
		counted{plural.Few: "# раза", plural.Other: "# раз"}},
	"fr": {"votre document", "Vous avez demandé un lien vers votre document. Le voici :", "Ouvrir la page du document",
		"Le lien est valable {days} et permet {times}. Quiconque a le lien peut télécharger le document : ne le transmettez à personne en qui vous n’avez pas confiance.",
		"Si vous n’avez pas demandé ce message, n’en tenez pas compte.", "Ce message est automatique et les réponses ne sont pas lues. Il ne demande ni mot de passe ni paiement.",
		counted{plural.One: "# jour", plural.Other: "# jours"},
		counted{plural.One: "# téléchargement", plural.Other: "# téléchargements"}},
}

// Languages are those in which letters are written.
func Languages() []string { return []string{"ar", "en", "kk", "ru", "fr"} }

var page = template.Must(template.New("").Parse(`<!doctype html>
<html lang="{{.Language}}" dir="{{.Direction}}"><head><meta charset="utf-8"><title>{{.Subject}}</title></head>
<body dir="{{.Direction}}" style="font-family:sans-serif;line-height:1.6">
<p>{{.Ready}}</p>
<p><a href="{{.Link}}" style="display:inline-block;padding:10px 20px;background:#0b4f3a;color:#fff;text-decoration:none">{{.Open}}</a></p>
<p dir="ltr">{{.Link}}</p>
<p>{{.Lasts}}</p>
<p>{{.Other}}</p>
<p>{{.Never}}</p>
</body></html>
`))

// PaperLink is the letter with the link to a paper, in a language, or in Arabic where that is spoken nowhere here. It says the title of the service, for how many
// days and downloads the link is good, and nothing of whom it is for.
func PaperLink(lang, service, link string, days, downloads int) Letter {
	w, ok := spoken[lang]
	if !ok {
		lang, w = "ar", spoken["ar"]
	}
	direction := "ltr"
	if lang == "ar" {
		direction = "rtl"
	}
	lasts := strings.NewReplacer("{days}", w.days.of(lang, days), "{times}", w.times.of(lang, downloads)).Replace(w.lasts)
	l := Letter{Language: lang, Subject: service + ": " + w.yours}
	l.Text = strings.Join([]string{w.ready, link, lasts, w.other, w.never}, "\n\n") + "\n"
	var b strings.Builder
	_ = page.Execute(&b, map[string]string{"Language": lang, "Direction": direction, "Subject": l.Subject, "Ready": w.ready, "Link": link, "Open": w.open,
		"Lasts": lasts, "Other": w.other, "Never": w.never}) // texts into a builder
	l.HTML = b.String()
	return l
}
