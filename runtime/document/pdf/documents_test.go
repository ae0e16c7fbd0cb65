package pdf

import (
	"testing"
	"time"
)

var created = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

func two(ar, en string) []Text { return []Text{{"ar", ar}, {"en", en}} }

func one(s string) []Text { return []Text{{Value: s}} }

func licence() Document {
	return Document{
		Languages: []string{"ar", "en"},
		Authority: two("وزارة النقل والمواصلات", "Ministry of Transport"),
		Title:     two("شهادة رخصة قيادة", "Driving Licence Certificate"),
		Number:    "DL-2026-0044712",
		Rows: []Row{
			{Label: two("الاسم الكامل", "Full name"), Value: two("ليلى عبد الرحمٰن آل لافي", "Layla Abd al-Raḥmān Al Lafi")},
			{Label: two("رقم الهوية", "Identity number"), Value: one("904 881 237")},
			{Label: two("تاريخ الميلاد", "Date of birth"), Value: one("14/02/1991")},
			{Label: two("رقم الرخصة", "Licence number"), Value: one("4471203")},
			{Label: two("فئات المركبات", "Vehicle classes"), Value: one("B, B1, C1 (3.5–7.5 t)")},
			{Label: two("صالحة من", "Valid from"), Value: two("٢١ نوفمبر ٢٠٢٦", "21 November 2026")},
			{Label: two("صالحة حتى", "Valid until"), Value: two("٢٠ نوفمبر ٢٠٣١", "20 November 2031")},
		},
		Paragraphs: [][]Text{two(
			"تشهد الوزارة بأن صاحبة هذه الشهادة، "+Isolate("Layla Al Lafi")+"، مرخَّصة بقيادة المركبات من الفئات المبيّنة أعلاه وفق المادة 12/ب من قانون المرور رقم (5) لسنة 2000، وأن هذه الشهادة صادرة إلكترونيًا ولا تحتاج إلى توقيع خطي.",
			"The Ministry certifies that the holder, "+Isolate("ليلى آل لافي")+" (شارع 12, رام الله), is licensed to drive the classes of vehicle above under Article 12(b) of the Traffic Law. This document was issued electronically and needs no handwritten signature.",
		)},
		VerifyURL:  "https://verify.example.gov/c/8F3K-22QX",
		VerifyCode: "8F3K-22QX",
		VerifyHint: two("للتحقق من هذه الوثيقة امسح الرمز أو أدخل الرقم في الموقع:", "To verify this document, scan the code or enter its number at:"),
		Footer:     two("صدرت عن المنصة الحكومية الموحدة", "Issued by the unified government platform"),
		CreatedAt:  created,
	}
}

func birth() Document {
	ar := func(s string) []Text { return []Text{{"ar", s}} }
	return Document{
		Languages: []string{"ar"},
		Authority: ar("وزارة الداخلية — الأحوال المدنية"),
		Title:     ar("شهادة ميلاد"),
		Number:    "2026/118/0392",
		Rows: []Row{
			{Label: ar("اسم المولود"), Value: ar("يُوسُف")},
			{Label: ar("اسم الأب"), Value: ar("خالد إبراهيم محمود الشِّهابي")},
			{Label: ar("اسم الأم"), Value: ar("مريم سليمان (Maria) حدّاد")},
			{Label: ar("الجنس"), Value: ar("ذكر")},
			{Label: ar("تاريخ الولادة"), Value: ar("الجمعة ٢٠ تشرين الثاني ٢٠٢٦ (20/11/2026)")},
			{Label: ar("مكان الولادة"), Value: ar("مستشفى الهلال الأحمر، البيرة")},
			{Label: ar("رقم الهوية"), Value: one("430 118 392")},
			{Label: ar("رقم القيد"), Value: ar("سجل 118 / صفحة 39")},
		},
		Paragraphs: [][]Text{ar("استُخرجت هذه الشهادة من سجل الأحوال المدنية بناءً على تبليغ المستشفى، وهي صالحة لجميع الأغراض الرسمية. لا إله إلا الله.")},
		VerifyURL:  "https://verify.example.gov/c/K7QM-04TZ",
		VerifyCode: "K7QM-04TZ",
		VerifyHint: ar("للتحقق من صحة هذه الشهادة امسح الرمز أو افتح:"),
		Footer:     ar("صدرت عن المنصة الحكومية الموحدة"),
		Watermark:  two("عيّنة", "SAMPLE")[:1],
		CreatedAt:  created,
	}
}

func receipt() Document {
	d := licence()
	d.Authority = two("هيئة تسجيل الشركات", "Companies Registration Authority")
	d.Title = two("إيصال دفع", "Payment Receipt")
	d.Number = "R-2026-118-000392"
	d.Rows = []Row{
		{Label: two("الدافع", "Paid by"), Value: two("مؤسسة لؤلؤة الخليج للتجارة", "Gulf Pearl Trading Est.")},
		{Label: two("المعاملة", "Application"), Value: one("APP-71Q4-09")},
		{Label: two("تاريخ الدفع", "Paid on"), Value: one("2026-11-21 11:30")},
		{Label: two("هاتف", "Telephone"), Value: one("+970 59 123 4567")},
	}
	d.Table = &Table{
		Columns: []Column{
			{Title: two("البيان", "Description"), Share: 5},
			{Title: two("الكمية", "Quantity"), Money: true, Share: 1.4},
			{Title: two("المبلغ (₪)", "Amount (ILS)"), Money: true, Share: 2},
		},
		Lines: [][]Cell{
			{two("رسم تسجيل تجاري", "Commercial registration fee"), one("1"), one("1,250.00")},
			{two("نشر في الجريدة الرسمية", "Publication in the official gazette"), one("1"), one("150.00")},
			{two("نسخ مصدّقة", "Certified copies"), one("3"), one("45.00")},
			{two("رسم تأخير (شهران)", "Late fee (two months)"), one("2"), one("80.00")},
		},
		Total: []Cell{two("المجموع", "Total"), nil, one("1,525.00 ₪")},
	}
	d.Paragraphs = [][]Text{two("استُلم المبلغ كاملًا بواسطة بطاقة مصرفية.", "The amount was received in full by bank card.")}
	d.Watermark = two("عيّنة", "SAMPLE")
	return d
}

func kazakh() Document {
	kr := func(kk, ru string) []Text { return []Text{{"kk", kk}, {"ru", ru}} }
	return Document{
		Languages: []string{"kk", "ru"},
		Authority: kr("Қазақстан Республикасының Әділет министрлігі", "Министерство юстиции Республики Казахстан"),
		Title:     kr("Тұрғылықты жері туралы анықтама", "Справка о месте жительства"),
		Number:    "№ 10-204/7718",
		Rows: []Row{
			{Label: kr("Тегі, аты, әкесінің аты", "Фамилия, имя, отчество"), Value: one("Өмірбекова Гүлнұр Ғалымқызы")},
			{Label: kr("ЖСН", "ИИН"), Value: one("910214400128")},
			{Label: kr("Мекенжайы", "Адрес"), Value: kr("Ақтөбе қаласы, Әл-Фараби көшесі, 12-үй, 7-пәтер", "г. Актобе, ул. Аль-Фараби, д. 12, кв. 7")},
			{Label: kr("Тіркелген күні", "Дата регистрации"), Value: one("05.03.2024")},
			{Label: kr("Мемлекеттік баж", "Государственная пошлина"), Value: one("1 250,00 ₸")},
		},
		Paragraphs: [][]Text{kr("Осы анықтама электрондық түрде берілді және қағаз тасымалдағыштағы құжатпен бірдей. Һәм ұ, ү, і, ң, ғ, қ, ө, ә әріптері дұрыс.", "Справка выдана в электронной форме и равнозначна документу на бумажном носителе. Подъезд, съёмка, объявление.")},
		VerifyURL:  "https://verify.example.gov/c/QZ18-55MA",
		VerifyCode: "QZ18-55MA",
		VerifyHint: kr("Құжатты тексеру үшін кодты сканерлеңіз:", "Для проверки документа отсканируйте код:"),
		Footer:     kr("Электрондық үкімет порталы берген", "Выдано порталом электронного правительства"),
		CreatedAt:  created,
	}
}

func render(t testing.TB, d Document) []byte {
	t.Helper()
	out, err := Render(d)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
