package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/cmd/standalone/provider"
)

// sampleFile is sample/people.yaml of a catalogue.
type sampleFile struct {
	People []samplePerson `diwan:"people,required" doc:"People with whom one may sign in."`
}

type samplePerson struct {
	Person         source.Text   `diwan:"person,required" doc:"Name in diwan token, such as citizen."`
	Name           catalog.Text  `diwan:"name,required" doc:"Name, in Arabic and English."`
	NationalNumber source.Text   `diwan:"nationalNumber,required" doc:"Nine digits."`
	BirthDate      source.Text   `diwan:"birthDate,required" doc:"YYYY-MM-DD."`
	Sex            source.Text   `diwan:"sex,required" doc:"female or male."`
	Email          source.Text   `diwan:"email" doc:"E-mail address."`
	Authority      source.Text   `diwan:"authority" doc:"Authority of an officer."`
	Post           catalog.Text  `diwan:"post" doc:"What an officer does and where, as the sign-in page shows it."`
	Roles          []source.Text `diwan:"roles" doc:"Capacities of an officer, as authority:role."`
}

// peopleFile stands in the folder of a catalogue.
const peopleFile = "sample/people.yaml"

// loadPeople reads the sample people of a catalogue folder. What is told beside them stops nothing: a role that does not exist, and a role
// that nobody holds.
func loadPeople(dir string) ([]provider.Person, diag.List, []need, error) {
	file := filepath.Join(dir, filepath.FromSlash(peopleFile))
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil, fmt.Errorf("%s is missing: write in it the people with whom one may sign in here; section 10 of docs/guide.md shows it", file)
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("sample people: %w", err)
	}
	var f sampleFile
	n, found := source.Parse(peopleFile, b, source.Limits{})
	found = append(found, source.Decode(n, &f)...)
	if found.HasErrors() {
		diag.WriteText(os.Stderr, found, func(string) []byte { return b })
		return nil, nil, nil, fmt.Errorf("sample people: %s has errors", file)
	}
	people := make([]provider.Person, len(f.People))
	for i, p := range f.People {
		people[i] = provider.Person{
			Subject: p.Person.Value, Name: p.Name.Plain(), NationalNumber: p.NationalNumber.Value, BirthDate: p.BirthDate.Value,
			Sex: p.Sex.Value, Email: p.Email.Value, Authority: p.Authority.Value, Post: p.Post.Plain(),
		}
		for _, r := range p.Roles {
			people[i].Roles = append(people[i].Roles, r.Value)
		}
	}
	c, _ := catalog.Load(os.DirFS(dir)) // what is wrong in it is told when it is released
	told, unheld := rolesOf(f.People, c)
	return people, told, unheld, nil
}
