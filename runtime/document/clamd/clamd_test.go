package clamd_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/debian"
	"github.com/diwan-gov/diwan/runtime/document/clamd"
)

// eicar is the string that every scanner finds and that does nothing; in two parts, so that none finds this file.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-` + `ANTIVIRUS-TEST-FILE!$H+H*`)

// signature makes a real daemon find it without the database of the world's viruses.
var signature = fmt.Sprintf("Eicar-Test:0:*:%x\n", eicar)

// daemon starts the ClamAV daemon of Debian and gives where it listens.
func daemon(t *testing.T) string {
	t.Helper()
	program := debian.Program(t, "clamav-daemon", "clamd")
	dir, err := os.MkdirTemp("", "clamd") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	write(t, filepath.Join(dir, "db/eicar.ndb"), signature)
	write(t, filepath.Join(dir, "conf"), "LocalSocket "+socket+"\nDatabaseDirectory "+dir+"/db\nForeground yes\nStreamMaxLength 1M\nTemporaryDirectory "+dir+"\nUser "+user(t)+"\n")
	cmd := exec.Command(program, "-c", filepath.Join(dir, "conf"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	c := client(t, "unix:"+socket)
	for limit := time.Now().Add(30 * time.Second); c.Ping(t.Context()) != nil; time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("clamd has ended: %v: %s", err, said.String())
		default:
		}
		if time.Now().After(limit) {
			t.Fatal("clamd does not answer")
		}
	}
	return "unix:" + socket
}

func user(t *testing.T) string {
	t.Helper()
	name, err := exec.Command("id", "-un").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(name))
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func client(t *testing.T, at string) *clamd.Client {
	t.Helper()
	c, err := clamd.New(at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestARealDaemonFindsTheStringOfEICAR(t *testing.T) {
	c := client(t, daemon(t))
	pdf := append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("% nothing\n"), 20_000)...) // more than one chunk
	if found, err := c.Scan(t.Context(), pdf); found != "" || err != nil {
		t.Errorf("a clean file: %q, %v", found, err)
	}
	for name, body := range map[string][]byte{"alone": eicar, "at the end of another file": append(bytes.Clone(pdf), eicar...)} {
		if found, err := c.Scan(t.Context(), body); !strings.HasPrefix(found, "Eicar-Test") || err != nil {
			t.Errorf("%s: %q, %v", name, found, err)
		}
	}
	if found, err := c.Scan(t.Context(), make([]byte, 3<<20)); found != "" || err == nil {
		t.Errorf("more than the daemon takes is not known to be clean: %q, %v", found, err)
	}
}

// fake speaks the protocol as clamd(8) writes it, and answers a stream as told.
func fake(t *testing.T, answer func(body []byte) string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				command := make([]byte, len("zINSTREAM\x00"))
				if n, _ := io.ReadAtLeast(conn, command, len("zPING\x00")); string(command[:n]) == "zPING\x00" {
					_, _ = conn.Write([]byte("PONG\x00"))
					return
				}
				var body []byte
				for size := uint32(1); size > 0; {
					if binary.Read(conn, binary.BigEndian, &size) != nil {
						return
					}
					part := make([]byte, size)
					if _, err := io.ReadFull(conn, part); err != nil {
						return
					}
					body = append(body, part...)
				}
				_, _ = conn.Write([]byte(answer(body)))
			}()
		}
	}()
	return "tcp://" + l.Addr().String()
}

func TestAnAnswerThatIsNoVerdictIsNeverTakenForClean(t *testing.T) {
	for answer, want := range map[string]struct {
		found string
		known bool
	}{
		"stream: OK\x00":                          {"", true},
		"stream: Win.Test.EICAR_HDB-1 FOUND\x00":  {"Win.Test.EICAR_HDB-1", true},
		"stream: FOUND\x00":                       {"", false},
		"INSTREAM size limit exceeded. ERROR\x00": {"", false},
		"stream: Can't allocate memory ERROR\x00": {"", false},
		"stream: OK":                              {"", false}, // cut off
		"OK\x00":                                  {"", false},
		"":                                        {"", false},
		"stream: " + strings.Repeat("x", 9000) + "\x00": {"", false},
	} {
		found, err := client(t, fake(t, func([]byte) string { return answer })).Scan(t.Context(), []byte("x"))
		if found != want.found || (err == nil) != want.known {
			t.Errorf("%.50q is taken as %q, %v", answer, found, err)
		}
	}
	if err := client(t, fake(t, nil)).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := client(t, "unix:/nowhere/clamd.ctl").Scan(t.Context(), []byte("x")); err == nil {
		t.Error("a daemon that is not there finds files clean")
	}
}

func TestTheBodyArrivesWholeAndFewScansRunAtOnce(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	var lock sync.Mutex
	var running, most int
	four := make(chan struct{})
	c := client(t, fake(t, func(got []byte) string {
		lock.Lock()
		if running++; running > most {
			if most = running; most == 4 {
				close(four)
			}
		}
		lock.Unlock()
		<-four // all that may run do
		lock.Lock()
		running--
		lock.Unlock()
		if !bytes.Equal(got, body) {
			return "stream: Torn FOUND\x00"
		}
		return "stream: OK\x00"
	}))
	results := make(chan string, 20)
	for range cap(results) {
		go func() {
			found, err := c.Scan(t.Context(), body)
			results <- fmt.Sprint(found, err)
		}()
	}
	for range cap(results) {
		if got := <-results; got != "<nil>" {
			t.Error(got)
		}
	}
	if most != 4 {
		t.Errorf("%d scans at once", most)
	}
}

func TestADaemonThatSaysNothingIsWaitedForNoLongerThanTheCaller(t *testing.T) {
	never := make(chan struct{})
	defer close(never)
	c := client(t, fake(t, func([]byte) string { <-never; return "" }))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Scan(ctx, []byte("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestWhereTheDaemonListensIsChecked(t *testing.T) {
	for _, at := range []string{"", "clamd:3310", "tcp://clamd", "unix:clamd.ctl", "http://clamd:3310"} {
		if _, err := clamd.New(at); err == nil {
			t.Errorf("%q is taken", at)
		}
	}
}
