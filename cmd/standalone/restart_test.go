package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestASecondStartFindsEverything(t *testing.T) {
	t.Parallel()
	data := newData(t)
	p := launch(t, data, sampleCatalogue)
	with := p.people(t)
	j, a := dueNow(t, with)
	checkout, err := with.browser.open(a.checkout())
	if err != nil {
		t.Fatal(err)
	}
	children := descendants(t, p.command.Process.Pid)
	if len(children) < 3 { // Postgres with its own, and the script workers
		t.Fatalf("standalone has the children %v", children)
	}
	began := time.Now()
	p.stop(t)
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("Ctrl-C took %v", took)
	}
	gone(t, children)

	again := launch(t, data, sampleCatalogue)
	if again.url != p.url {
		t.Errorf("it was at %s and is now at %s", p.url, again.url)
	}
	if !with.browser.signedIn() {
		t.Error("the session was lost")
	}
	if err := expect(with.citizen, "GET", ownPath+j.id, "", nil, &a, 200); err != nil {
		t.Errorf("the token of the run before: %v", err)
	}
	if err := with.browser.press(checkout, "pay"); err != nil {
		t.Errorf("the gateway's page of the run before: %v", err)
	}
	if err := j.drive(t.Context(), with); err != nil {
		t.Fatal(err)
	}
	if got, err := verify(t, &caller{t: t, url: again.url}, j.last.Documents[0].ID, nil); err != nil || got.Status != "valid" {
		t.Errorf("the paper is %q (%v)", got.Status, err)
	}
	conn := again.database(t)
	drain(t, conn)
	audit(t, conn, []string{j.key})

	children = descendants(t, again.command.Process.Pid)
	again.kill()
	gone(t, children)
}

func TestTwoOnOneFolderIsSaidInOneLine(t *testing.T) {
	p := shared.get(t)
	_, err := tryLaunch(p.data, sampleCatalogue)
	if err == nil {
		t.Fatal("it started")
	}
	var said []string
	for line := range strings.Lines(err.Error()) {
		if strings.HasPrefix(line, "standalone: ") {
			said = append(said, line)
		}
	}
	if len(said) != 1 || !strings.Contains(said[0], p.data+" is used by another standalone") || !strings.Contains(said[0], "--data") {
		t.Errorf("it says %q", err)
	}
	if !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("it ends otherwise than with 3: %v", err)
	}
	p.as(t, "citizen") // the first one goes on
}

// descendants are the processes below one, found by their parents.
func descendants(t *testing.T, of int) (all []process) {
	t.Helper()
	children := map[int][]process{}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, stat := range stats {
		if one, parent, ok := readProcess(stat); ok {
			children[parent] = append(children[parent], one)
		}
	}
	for next := []int{of}; len(next) > 0; next = next[1:] {
		for _, child := range children[next[0]] {
			all = append(all, child)
			next = append(next, child.id)
		}
	}
	return all
}

// process is one process; its number alone may belong to another later.
type process struct {
	id      int
	started string
	name    string
}

func (p process) String() string { return fmt.Sprintf("%s (%d)", p.name, p.id) }

// readProcess reads the fields after the name, which may hold anything: state, parent and, as the 22nd of all, the time of the start.
func readProcess(stat string) (one process, parent int, ok bool) {
	b, err := os.ReadFile(stat)
	if err != nil {
		return one, 0, false // it has just ended
	}
	text := string(b)
	open, end := strings.Index(text, "("), strings.LastIndex(text, ")")
	fields := strings.Fields(text[end+1:])
	if open < 0 || len(fields) < 20 || fields[0] == "Z" {
		return one, 0, false
	}
	id, _ := strconv.Atoi(strings.TrimSpace(text[:open]))
	parent, _ = strconv.Atoi(fields[1])
	return process{id, fields[19], text[open+1 : end]}, parent, id > 0
}

// gone waits until none of the processes is left.
func gone(t *testing.T, all []process) {
	t.Helper()
	var left []process
	err := eventually(func() (bool, error) {
		left = slices.DeleteFunc(slices.Clone(all), func(one process) bool {
			now, _, ok := readProcess(fmt.Sprintf("/proc/%d/stat", one.id))
			return !ok || now.started != one.started
		})
		return len(left) == 0, nil
	})
	if err != nil {
		t.Errorf("left behind: %v", left)
		for _, one := range left {
			_ = syscall.Kill(one.id, syscall.SIGKILL)
		}
	}
}
