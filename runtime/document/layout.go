package document

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/runtime/document/pdf"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// words are what stands on every paper beside its own texts. A language that is not here takes the English ones.
var words = map[string]map[string]string{
	"ar": {
		"sample": "نموذج", "yes": "نعم", "no": "لا",
		"verify": "للتحقق من صحة هذه الوثيقة امسح الرمز أو افتح العنوان واكتب الرمز الذي تحته.",
		"open":   "للتحقق من صحة هذه الوثيقة افتح هذا العنوان.",
	},
	"en": {
		"sample": "SAMPLE", "yes": "Yes", "no": "No",
		"verify": "To check that this document is genuine, scan the code, or open the address and type the code below it.",
		"open":   "To check that this document is genuine, open this address.",
	},
	"kk": {
		"sample": "ҮЛГІ", "yes": "Иә", "no": "Жоқ",
		"verify": "Құжаттың түпнұсқалығын тексеру үшін кодты сканерлеңіз немесе мекенжайды ашып, астындағы кодты теріңіз.",
		"open":   "Құжаттың түпнұсқалығын тексеру үшін осы мекенжайды ашыңыз.",
	},
	"ru": {
		"sample": "ОБРАЗЕЦ", "yes": "Да", "no": "Нет",
		"verify": "Чтобы проверить подлинность документа, отсканируйте код или откройте адрес и введите код под ним.",
		"open":   "Чтобы проверить подлинность документа, откройте этот адрес.",
	},
	"fr": {
		"sample": "SPÉCIMEN", "yes": "Oui", "no": "Non",
		"verify": "Pour vérifier que ce document est authentique, scannez le code, ou ouvrez l’adresse et saisissez le code placé dessous.",
		"open":   "Pour vérifier que ce document est authentique, ouvrez cette adresse.",
	},
}

func word(languages []string, key string) []pdf.Text {
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

// layout puts what a paper says into the form in which it is drawn.
func layout(r IssueRequest, p Paper, rec record, authority plan.Text) pdf.Document {
	languages := languagesOf(r.Text.Title, r.Language)
	d := pdf.Document{
		Languages: languages, Authority: texts(languages, authority), Title: texts(languages, r.Text.Title), Number: rec.Number,
		VerifyHint: word(languages, "verify"), CreatedAt: rec.IssuedAt,
	}
	if body := texts(languages, r.Text.Body); len(body) > 0 {
		d.Paragraphs = [][]pdf.Text{body}
	}
	if r.Document.Sample {
		d.Watermark = word(languages, "sample")
	}
	for _, row := range p.Rows {
		label := texts(languages, row.Label)
		switch {
		case row.Cell.Kind == "list" && d.Table == nil && len(row.Cell.Columns) > 0 && len(row.Cell.Columns) <= pdf.MaxColumns:
			d.Rows = append(d.Rows, pdf.Row{Label: label, Value: []pdf.Text{{Value: strconv.Itoa(len(row.Cell.Rows))}}}) // how many stand below
			d.Table = table(languages, row.Cell)
		case row.Cell.Kind == "list":
			for _, line := range row.Cell.Rows {
				d.Rows = append(d.Rows, pdf.Row{Label: label, Value: joined(languages, row.Cell.Columns, line)})
			}
		default:
			d.Rows = append(d.Rows, pdf.Row{Label: label, Value: value(languages, row.Cell)})
		}
	}
	return d
}

// languagesOf are those of the title, the applicant's first.
func languagesOf(title plan.Text, first string) []string {
	var out []string
	for l, v := range title {
		if v != "" {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		switch {
		case a == first:
			return -1
		case b == first:
			return 1
		}
		return strings.Compare(a, b)
	})
	return out[:min(len(out), pdf.MaxLanguages)]
}

func texts(languages []string, t plan.Text) []pdf.Text {
	var out []pdf.Text
	for _, l := range languages {
		if t[l] != "" {
			out = append(out, pdf.Text{Lang: l, Value: t[l]})
		}
	}
	return out
}

func value(languages []string, c Cell) []pdf.Text {
	if words := texts(languages, c.Words); len(words) > 0 {
		return words
	}
	switch c.Kind {
	case "bool":
		if c.Value == "true" {
			return word(languages, "yes")
		}
		if c.Value == "false" {
			return word(languages, "no")
		}
	case "date":
		if day, err := time.Parse(time.DateOnly, c.Value); err == nil {
			return []pdf.Text{{Value: day.Format("02/01/2006")}}
		}
	case "record", "list":
		if len(c.Rows) > 0 {
			return joined(languages, c.Columns, c.Rows[0])
		}
	}
	if c.Value == "" {
		return []pdf.Text{{Value: "–"}}
	}
	return []pdf.Text{{Value: pdf.Plain(c.Value)}}
}

// joined writes one line of a list as a text in each language: Date: 31/01/2027 · Amount: 250.00 ILS.
func joined(languages []string, columns []Column, line []Cell) []pdf.Text {
	var out []pdf.Text
	for _, l := range languages {
		var parts []string
		for i, c := range line {
			if i < len(columns) {
				parts = append(parts, columns[i].in(l)+": "+pdf.Isolate(in(value(languages, c), l)))
			}
		}
		out = append(out, pdf.Text{Lang: l, Value: strings.Join(parts, " · ")})
	}
	return out
}

func (c Column) in(language string) string { return c.Label.In(language, "en", "ar", c.Code) }

func in(all []pdf.Text, language string) string {
	for _, t := range all {
		if t.Lang == language || t.Lang == "" {
			return t.Value
		}
	}
	return ""
}

func table(languages []string, list Cell) *pdf.Table {
	t := &pdf.Table{}
	for i, c := range list.Columns {
		title := texts(languages, c.Label)
		if len(title) == 0 {
			title = []pdf.Text{{Value: c.Code}}
		}
		money := len(list.Rows) > 0 && i < len(list.Rows[0]) && list.Rows[0][i].Kind == "money"
		t.Columns = append(t.Columns, pdf.Column{Title: title, Money: money})
	}
	for _, row := range list.Rows {
		line := make([]pdf.Cell, len(list.Columns))
		for i := range min(len(row), len(line)) {
			line[i] = value(languages, row[i])
		}
		t.Lines = append(t.Lines, line)
	}
	return t
}
