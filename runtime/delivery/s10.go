package delivery

import "strings"

// Item is the number of a postal item as somebody has typed or scanned it, by UPU S10: two letters of the service, eight digits with their check digit,
// and the two letters of the country. False where it is none, or a digit is wrong.
func Item(typed string) (string, bool) {
	if len(typed) > 100 {
		return "", false
	}
	n := strings.NewReplacer(" ", "", "-", "").Replace(strings.ToUpper(typed))
	if len(n) != 13 {
		return "", false
	}
	letters := n[:2] + n[11:]
	if strings.Trim(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || strings.Trim(n[2:11], "0123456789") != "" {
		return "", false
	}
	return n, n[10] == checkDigit(n[2:10])
}

// checkDigit is that of eight digits.
func checkDigit(digits string) byte {
	sum := 0
	for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += weight * int(digits[i]-'0')
	}
	switch c := 11 - sum%11; c {
	case 10:
		return '0'
	case 11:
		return '5'
	default:
		return byte('0' + c)
	}
}
