package unit

type row struct {
	code   string
	kind   Kind
	factor string // of the first of the kind, as a fraction or a decimal
	names  [languages]string
	also   string
}

// rows is the table. The first of each kind is what the factors count.
var rows = []row{
	{"kg", Mass, "1", [...]string{"كغ", "kg", "kg", "кг", "кг"}, "kgs kilo kilos kilogram kilograms kilogramme كغم كيلو كيلوغرام"},
	{"mg", Mass, "1/1000000", [...]string{"ملغ", "mg", "mg", "мг", "мг"}, "milligram milligrams ملغم"},
	{"g", Mass, "1/1000", [...]string{"غرام", "g", "g", "г", "г"}, "gr gram grams gramme غ غم جرام"},
	{"t", Mass, "1000", [...]string{"طن", "t", "t", "т", "т"}, "ton tons tonne tonnes"},
	{"ct", Mass, "1/5000", [...]string{"قيراط", "ct", "ct", "карат", "карат"}, "carat carats"},
	{"ozt", Mass, "0.0311034768", [...]string{"أونصة", "oz t", "once troy", "трой унциясы", "тр. унц."}, "oz ounce ounces troy-ounce"},

	{"m", Length, "1", [...]string{"م", "m", "m", "м", "м"}, "metre metres meter meters متر"},
	{"mm", Length, "1/1000", [...]string{"مم", "mm", "mm", "мм", "мм"}, "millimetre millimeter ملم ملليمتر"},
	{"cm", Length, "1/100", [...]string{"سم", "cm", "cm", "см", "см"}, "centimetre centimeter سنتيمتر"},
	{"km", Length, "1000", [...]string{"كم", "km", "km", "км", "км"}, "kilometre kilometres kilometer كيلومتر"},

	{"m2", Area, "1", [...]string{"م²", "m²", "m²", "м²", "м²"}, "sqm m^2 square-metre square-metres square-meter"},
	{"cm2", Area, "1/10000", [...]string{"سم²", "cm²", "cm²", "см²", "см²"}, "sqcm cm^2"},
	{"dunam", Area, "1000", [...]string{"دونم", "dunams", "dounams", "дунам", "дунам"}, "dunum dunums dunam donum dönüm dounam"},
	{"ha", Area, "10000", [...]string{"هكتار", "ha", "ha", "га", "га"}, "hectare hectares"},
	{"km2", Area, "1000000", [...]string{"كم²", "km²", "km²", "км²", "км²"}, "sqkm km^2"},

	{"m3", Volume, "1", [...]string{"م³", "m³", "m³", "м³", "м³"}, "cbm m^3 cubic-metre cubic-metres cubic-meter"},
	{"cm3", Volume, "1/1000000", [...]string{"سم³", "cm³", "cm³", "см³", "см³"}, "cc cm^3 ccm"},
	{"ml", Volume, "1/1000000", [...]string{"مل", "ml", "ml", "мл", "мл"}, "millilitre milliliter مليلتر"},
	{"l", Volume, "1/1000", [...]string{"لتر", "litres", "litres", "л", "л"}, "litre litres liter liters ltr ليتر"},

	{"s", Time, "1", [...]string{"ثانية", "s", "s", "с", "с"}, "sec second seconds"},
	{"min", Time, "60", [...]string{"دقيقة", "min", "min", "мин", "мин"}, "minute minutes"},
	{"h", Time, "3600", [...]string{"ساعة", "h", "h", "сағ", "ч"}, "hr hrs hour hours"},
	{"d", Time, "86400", [...]string{"يوم", "days", "j", "күн", "дн."}, "day jour jours"},

	{"J", Energy, "1", [...]string{"جول", "J", "J", "Дж", "Дж"}, "joule joules"},
	{"kJ", Energy, "1000", [...]string{"كيلوجول", "kJ", "kJ", "кДж", "кДж"}, "kilojoule kilojoules"},
	{"MJ", Energy, "1000000", [...]string{"ميغاجول", "MJ", "MJ", "МДж", "МДж"}, "megajoule megajoules"},
	{"kWh", Energy, "3600000", [...]string{"كيلوواط ساعة", "kWh", "kWh", "кВт·сағ", "кВт·ч"}, "kilowatt-hour kilowatt-hours"},
	{"MWh", Energy, "3600000000", [...]string{"ميغاواط ساعة", "MWh", "MWh", "МВт·сағ", "МВт·ч"}, "megawatt-hour megawatt-hours"},

	{"W", Power, "1", [...]string{"واط", "W", "W", "Вт", "Вт"}, "watt watts"},
	{"kW", Power, "1000", [...]string{"كيلوواط", "kW", "kW", "кВт", "кВт"}, "kilowatt kilowatts"},
	{"MW", Power, "1000000", [...]string{"ميغاواط", "MW", "MW", "МВт", "МВт"}, "megawatt megawatts"},
	{"hp", Power, "735.49875", [...]string{"حصان", "hp", "ch", "а.к.", "л.с."}, "horsepower ps cv ch"},
}
