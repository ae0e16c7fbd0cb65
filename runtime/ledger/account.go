package ledger

import (
	"strconv"
	"strings"
)

// Class is what an account is for. The chart of accounts is the classes, for each authority and, where the class has one, each head.
type Class string

// The classes.
const (
	ClearingClass   Class = "clearing"    // what a channel of payment has taken in and not yet given back or settled
	ReceivableClass Class = "receivable"  // what applicants owe
	DueFromClass    Class = "due-from"    // what another authority owes
	RefundsClass    Class = "refunds"     // what is owed to applicants
	PayableClass    Class = "payable"     // what is to be paid out
	DepositClass    Class = "deposit"     // what is held and not earned
	DepositDueClass Class = "deposit-due" // what will be held once it is received
	DueToClass      Class = "due-to"      // what is owed to another authority
	RevenueClass    Class = "revenue"     // what was earned
	ExpenseClass    Class = "expense"     // what was paid out, or is owed
	WaivedClass     Class = "waived"      // what was earned and is not asked for: two officers have let somebody off
	OverShortClass  Class = "over-short"  // what tills have lacked, less what they had too much
)

// Nature of an account, as a balance sheet and a statement of revenue put them.
type Nature string

// The natures.
const (
	Asset     Nature = "asset"
	Liability Nature = "liability"
	Income    Nature = "income"
	Cost      Nature = "expense"
)

// chart is every class in the order of a trial balance.
var chart = []struct {
	class  Class
	nature Nature
	head   bool // what stands third in the account: channel, revenue head, fee, step or other authority
}{
	{ClearingClass, Asset, true}, {ReceivableClass, Asset, false}, {DueFromClass, Asset, true},
	{RefundsClass, Liability, false}, {PayableClass, Liability, false}, {DepositClass, Liability, true}, {DepositDueClass, Liability, true}, {DueToClass, Liability, true},
	{RevenueClass, Income, true},
	{ExpenseClass, Cost, true}, {WaivedClass, Cost, true}, {OverShortClass, Cost, false},
}

// Account is one of the chart, as its code says. Head is empty where its class has none.
type Account struct {
	Class     Class
	Nature    Nature
	Authority string
	Head      string
	place     int
}

// Roles that look after the book of their authority: an auditor reads it; an accountant reads it too, closes months and puts mistakes right; a
// cashier takes money in at a till. Whoever is the auditor of Platform reads every book.
const (
	Cashier    = "cashier"
	Accountant = "accountant"
	Auditor    = "auditor"
	Finance    = "finance" // of the platform: compares the books with what providers settle
	Platform   = "platform"
)

// legacy is the account that held what the gateway has taken in for everybody, before there was one for each authority.
const legacy = "clearing:gateway"

// ParseAccount reads the code of an account; false where it is none of the chart.
func ParseAccount(code string) (Account, bool) {
	if code == legacy {
		code = "clearing:" + Platform + ":gateway"
	}
	parts := strings.Split(code, ":")
	for i, c := range chart {
		if string(c.class) != parts[0] {
			continue
		}
		a := Account{Class: c.class, Nature: c.nature, place: i}
		switch {
		case c.head && len(parts) == 3 && parts[1] != "" && parts[2] != "":
			a.Authority, a.Head = parts[1], parts[2]
			return a, true
		case !c.head && len(parts) == 2 && parts[1] != "":
			a.Authority = parts[1]
			return a, true
		}
	}
	return Account{}, false
}

// Clearing is what the gateway has taken in for an authority and not yet given back.
func Clearing(authority string) string { return account(ClearingClass, authority, Gateway) }

// ClearingAt is what a bank or a wallet has taken in for an authority and not yet handed over.
func ClearingAt(authority, channel string) string {
	return account(ClearingClass, authority, channel)
}

// Till is the channel of a till of an authority, by the number that stands on it.
func Till(number int) string { return till + strconv.Itoa(number) }

// Channels of the book's own, beside Gateway and BankedCash.
const (
	till     = "till-"
	safe     = "safe"
	byHand   = "by-hand"
	disputed = "disputed"
)

// TillNumber is the number of the till whose channel it is; false where it is the channel of none.
func TillNumber(channel string) (number string, ok bool) { return strings.CutPrefix(channel, till) }

// Safe is the cash of an authority that is in no till and not yet at the bank, less the change with which it began.
func Safe(authority string) string { return account(ClearingClass, authority, safe) }

// Banked is the cash that an authority has brought to the bank.
func Banked(authority string) string { return account(ClearingClass, authority, BankedCash) }

// OverShort is what the tills of an authority have lacked, less what they had too much.
func OverShort(authority string) string { return account(OverShortClass, authority) }

// ByHand is what an authority has taken in, less what it has given back and paid out, past the gateway.
func ByHand(authority string) string { return account(ClearingClass, authority, byHand) }

// InDispute is what the banks of payers have taken back from an authority until it is decided whose it is.
func InDispute(authority string) string { return account(ClearingClass, authority, disputed) }

// Receivable is what applicants owe an authority.
func Receivable(authority string) string { return account(ReceivableClass, authority) }

// Revenue is what an authority has earned under a revenue head, or with the fee of that code, which has none.
func Revenue(authority, head string) string { return account(RevenueClass, authority, head) }

// Waived is what under a head, as in Revenue, an authority does not ask for any more, though it was earned.
func Waived(authority, head string) string { return account(WaivedClass, authority, head) }

// Deposit is what an authority holds of one fee and has not earned: it was received, and is not settled.
func Deposit(authority, fee string) string { return account(DepositClass, authority, fee) }

// DepositDue is what an authority will hold of one fee once it is received.
func DepositDue(authority, fee string) string { return account(DepositDueClass, authority, fee) }

// Expense is what a step of an authority's services has paid out, or owes.
func Expense(authority, step string) string { return account(ExpenseClass, authority, step) }

// Payable is what an authority is to pay out and has not.
func Payable(authority string) string { return account(PayableClass, authority) }

// Refunds is what an authority owes to applicants.
func Refunds(authority string) string { return account(RefundsClass, authority) }

// DueTo is what an authority owes another, whose share of a fee it takes in.
func DueTo(authority, other string) string { return account(DueToClass, authority, other) }

// DueFrom is what another authority owes this one, whose share of a fee it takes in.
func DueFrom(authority, other string) string { return account(DueFromClass, authority, other) }

func account(c Class, parts ...string) string { return string(c) + ":" + strings.Join(parts, ":") }
