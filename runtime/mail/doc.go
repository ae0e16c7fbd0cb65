// Package mail sends short letters by e-mail, through the mail server of whoever runs the installation (SMTP).
//
// It owns the words of the letters in every language, and no table: what is to be sent, when it is tried again and who is told that it could not be is the
// caller's. It sends nothing in clear but to this machine, and logs nothing: an error may hold an address, so it is for the caller to look at and not to write.
//
//	sender, err := mail.New(mail.Options{Server: "smtps://diwan@mail.example.gov", Password: secret, From: "no-reply@example.gov"})
//	err = sender.Send(ctx, mail.PaperLink("ar", "تجديد رخصة القيادة", link, 7, 5).For("layla@example.com"))
package mail
