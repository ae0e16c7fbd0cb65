// Package appointment keeps the times at which applicants are seen: the slots that officers have opened, and who has booked them.
//
// It owns the tables slot and booking. How long a slot is and how many it takes is declared by the step; when there are any, and where, the
// officers of its role say. It never decides what an attended or a missed appointment means (the machine does). A place is taken in the
// transaction that stores the act by which it is asked for, under the slot's row lock, so no slot ever takes more than it can; what the machine
// then refuses gives its place back.
//
//	diary := appointment.New(appointment.Options{Pool: pool, Zone: zone})
//	n, err := diary.Open(ctx, appointment.Opening{Service: "town.hall.book", Node: "look", Day: "2026-12-01", From: "09:00", Until: "12:00", …})
//	starts, free, err := diary.Take(ctx, tx, appointment.Wish{Act: act, Slot: slot, …})
package appointment
