package paper

import "github.com/diwan-gov/diwan/runtime/document/pdf"

// words are what stands on every paper beside its own texts. A language that is not here takes the English ones.
var words = map[string]map[string]string{
	"ar": {
		"sample": "نموذج", "yes": "نعم", "no": "لا", "total": "المجموع",
		"verify": "للتحقق من صحة هذه الوثيقة امسح الرمز أو افتح العنوان واكتب الرمز الذي تحته.",
		"open":   "للتحقق من صحة هذه الوثيقة افتح هذا العنوان.",
	},
	"en": {
		"sample": "SAMPLE", "yes": "Yes", "no": "No", "total": "Total",
		"verify": "To check that this document is genuine, scan the code, or open the address and type the code below it.",
		"open":   "To check that this document is genuine, open this address.",
	},
	"kk": {
		"sample": "ҮЛГІ", "yes": "Иә", "no": "Жоқ", "total": "Барлығы",
		"verify": "Құжаттың түпнұсқалығын тексеру үшін кодты сканерлеңіз немесе мекенжайды ашып, астындағы кодты теріңіз.",
		"open":   "Құжаттың түпнұсқалығын тексеру үшін осы мекенжайды ашыңыз.",
	},
	"ru": {
		"sample": "ОБРАЗЕЦ", "yes": "Да", "no": "Нет", "total": "Итого",
		"verify": "Чтобы проверить подлинность документа, отсканируйте код или откройте адрес и введите код под ним.",
		"open":   "Чтобы проверить подлинность документа, откройте этот адрес.",
	},
	"fr": {
		"sample": "SPÉCIMEN", "yes": "Oui", "no": "Non", "total": "Total",
		"verify": "Pour vérifier que ce document est authentique, scannez le code, ou ouvrez l’adresse et saisissez le code placé dessous.",
		"open":   "Pour vérifier que ce document est authentique, ouvrez cette adresse.",
	},
}

// Word is one of these words in each language.
func Word(languages []string, key string) []pdf.Text {
	var out []pdf.Text
	for _, l := range languages {
		if w := words[l][key]; w != "" {
			out = append(out, pdf.Text{Lang: l, Value: w})
		}
	}
	if len(out) == 0 {
		out = append(out, pdf.Text{Value: words["en"][key]})
	}
	return out
}

// OpenByHand puts the address at which the paper is verified in place of its QR code.
func OpenByHand(d *pdf.Document) {
	open, address := Word(d.Languages, "open"), []pdf.Text{{Value: d.VerifyURL}}
	if d.Blocks != nil {
		d.Blocks = append(d.Blocks, pdf.Block{Kind: pdf.Paragraph, Text: open, Size: pdf.Small}, pdf.Block{Kind: pdf.Paragraph, Text: address, Size: pdf.Small})
	} else {
		d.Paragraphs = append(d.Paragraphs, open, address)
	}
	d.VerifyURL = ""
}
