package dossier

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// unpacked are the files of a ZIP in their order.
func unpacked(t testing.TB, data []byte) (files []file) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(rc)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{f.Name, text})
	}
	return files
}

// packed is a ZIP in the one form, with its CRCs right.
func packed(t testing.TB, files []file, as time.Time) []byte {
	t.Helper()
	var b bytes.Buffer
	c := newContainer(&b, as)
	for _, f := range files {
		if err := c.add(entry{name: f.name, crc: crc32.ChecksumIEEE(f.data), size: int64(len(f.data))}, bytes.NewReader(f.data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// resummed makes the list of sums right again, as far as somebody without the key
// can.
func resummed(files []file) []file {
	files = slices.Clone(files)
	var sums bytes.Buffer
	for i, f := range files {
		switch f.name {
		case "SHA256SUMS":
			files[i].data = sums.Bytes()
		case "SHA256SUMS.sig":
		default:
			fmt.Fprintf(&sums, "%s  %s\n", hashOf(f.data), f.name)
		}
	}
	return files
}

// resigned signs the list with a key.
func resigned(files []file, key signer) []file {
	files = resummed(files)
	var list []byte
	for i, f := range files {
		switch f.name {
		case "SHA256SUMS":
			list = f.data
		case "SHA256SUMS.sig":
			files[i].data = ed25519.Sign(key.private, list)
		}
	}
	return files
}

func find(files []file, name string) *file {
	for i := range files {
		if files[i].name == name {
			return &files[i]
		}
	}
	return nil
}

// sumsOnly is a checker as many would write it: it reads the ZIP and the list of
// sums, and nothing else. It is here to show that the campaign is not easy.
func sumsOnly(data []byte) error {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	files := map[string]string{}
	list := ""
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(rc)
		if err != nil {
			return err
		}
		files[f.Name] = hashOf(text)
		if f.Name == "SHA256SUMS" {
			list = string(text)
		}
	}
	if list == "" {
		return errors.New("no list")
	}
	for text := range strings.Lines(list) {
		sum, name, _ := strings.Cut(strings.TrimSpace(text), "  ")
		if files[name] != sum {
			return fmt.Errorf("%s differs", name)
		}
	}
	return nil
}

// change is a way to tamper with a dossier; nil = it left it as it was.
type change struct {
	name string
	make func(t *testing.T, rng *rand.Rand, data []byte, files []file, as time.Time) []byte
}

var changes = []change{
	{"a bit turned", func(_ *testing.T, rng *rand.Rand, data []byte, _ []file, _ time.Time) []byte {
		data[rng.IntN(len(data))] ^= 1 << rng.IntN(8)
		return data
	}},
	{"cut off", func(_ *testing.T, rng *rand.Rand, data []byte, _ []file, _ time.Time) []byte {
		return data[:rng.IntN(len(data))]
	}},
	{"bytes put in", func(_ *testing.T, rng *rand.Rand, data []byte, _ []file, _ time.Time) []byte {
		at := rng.IntN(len(data) + 1)
		return slices.Concat(data[:at], []byte("inserted")[:1+rng.IntN(8)], data[at:])
	}},
	{"bytes taken out", func(_ *testing.T, rng *rand.Rand, data []byte, _ []file, _ time.Time) []byte {
		at := rng.IntN(len(data) - 9)
		return slices.Concat(data[:at], data[at+1+rng.IntN(8):])
	}},
	{"two bytes swapped", func(_ *testing.T, rng *rand.Rand, data []byte, _ []file, _ time.Time) []byte {
		a, b := rng.IntN(len(data)), rng.IntN(len(data))
		if data[a] == data[b] {
			return nil
		}
		data[a], data[b] = data[b], data[a]
		return data
	}},
	{"a header or the end of the ZIP changed", func(_ *testing.T, rng *rand.Rand, data []byte, _ []file, _ time.Time) []byte {
		at := len(data) - 1 - rng.IntN(2500)
		if rng.IntN(3) == 0 {
			at = rng.IntN(40)
		}
		data[at] ^= byte(1 + rng.IntN(255))
		return data
	}},
	{"a file replaced, CRC right", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		f := &files[rng.IntN(len(files))]
		f.data = append(bytes.Clone(f.data), ' ')
		return packed(t, files, as)
	}},
	{"a file replaced, CRC and sums right", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		f := &files[rng.IntN(len(files)-2)]
		f.data = append(bytes.Clone(f.data), ' ')
		return packed(t, resummed(files), as)
	}},
	{"a file taken out, sums right", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		at := rng.IntN(len(files) - 2)
		return packed(t, resummed(slices.Delete(files, at, at+1)), as)
	}},
	{"a file added", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		return packed(t, slices.Insert(files, rng.IntN(len(files)), file{"exhibits/exhibit-999.jpg", []byte("new")}), as)
	}},
	{"two files in each other's place", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		a := rng.IntN(len(files) - 1)
		files[a], files[a+1] = files[a+1], files[a]
		return packed(t, files, as)
	}},
	{"two files renamed to each other", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		a, b := rng.IntN(len(files)-2), rng.IntN(len(files)-2)
		if a == b || bytes.Equal(files[a].data, files[b].data) {
			return nil
		}
		files[a].data, files[b].data = files[b].data, files[a].data
		return packed(t, resummed(files), as)
	}},
	{"lines of the log reordered, sums right", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		f := find(files, "log.jsonl")
		lines := bytes.SplitAfter(bytes.TrimSuffix(f.data, []byte("\n")), []byte("\n"))
		a, b := rng.IntN(len(lines)-1), rng.IntN(len(lines)-1)
		if a == b {
			return nil
		}
		lines[a], lines[b] = lines[b], lines[a]
		f.data = append(bytes.Join(lines, nil), '\n')
		return packed(t, resummed(files), as)
	}},
	{"the log cut, head and sums right", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		f := find(files, "log.jsonl")
		lines := bytes.SplitAfter(f.data, []byte("\n"))
		n := 1 + rng.IntN(len(lines)-2)
		f.data = bytes.Join(lines[:n], nil)
		parsed, err := readLog(bytes.Split(bytes.TrimSuffix(f.data, []byte("\n")), []byte("\n")), 3)
		if err != nil {
			t.Fatal(err)
		}
		end, _ := json.Marshal(headOf(3, parsed))
		find(files, "head.json").data = append(end, '\n')
		return packed(t, resummed(files), as)
	}},
	{"the manifest edited, sums right", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		f := find(files, "manifest.json")
		at := rng.IntN(len(f.data))
		if f.data[at] < '0' || f.data[at] > '9' {
			return nil
		}
		f.data = bytes.Clone(f.data)
		f.data[at] = '0' + (f.data[at]-'0'+1)%10
		return packed(t, resummed(files), as)
	}},
	{"signed with another key, the old one beside it", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		f := &files[rng.IntN(len(files)-2)]
		f.data = append(bytes.Clone(f.data), ' ')
		return packed(t, resigned(files, newSigner(byte(2+rng.IntN(9)))), as)
	}},
	{"another time on the files", func(t *testing.T, rng *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		return packed(t, files, as.Add(time.Duration(1+rng.IntN(1000))*time.Minute))
	}},
	{"something before it", func(_ *testing.T, rng *rand.Rand, data []byte, _ []file, _ time.Time) []byte {
		return slices.Concat([]byte("#!/bin/sh\nexit\n"), data)
	}},
	{"something after it", func(_ *testing.T, rng *rand.Rand, data []byte, _ []file, _ time.Time) []byte {
		return append(data, byte(rng.IntN(256)))
	}},
	{"packed by another program", func(t *testing.T, _ *rand.Rand, _ []byte, files []file, as time.Time) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, f := range files {
			e, err := w.Create(f.name)
			if err != nil {
				t.Fatal(err)
			}
			e.Write(f.data)
		}
		w.Close()
		return b.Bytes()
	}},
}

// A thousand random changes, all found. One that only looks at the sums misses
// some: the campaign has teeth.
func TestEveryChangeIsFound(t *testing.T) {
	t.Parallel()
	d, m := theLamp(t)
	for i := range d.Exhibits { // small pictures: the changes shall hit more than these
		if x := &d.Exhibits[i]; x.State == "kept" && x.Type == "image/jpeg" {
			data := photo(120, 90, uint64(i))
			x.SHA256, x.Size = m.put(data), int64(len(data))
		}
	}
	finishLog(d)
	whole := made(t, d, m).zip(t)
	if _, err := verified(whole); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(20261125, 1))
	missed := map[string]int{}
	n := 0
	for n < 1000 {
		c := changes[n%len(changes)]
		var data []byte
		for data == nil {
			data = c.make(t, rng, bytes.Clone(whole), unpacked(t, whole), d.As)
		}
		if bytes.Equal(data, whole) {
			t.Fatalf("%s changed nothing", c.name)
		}
		n++
		if rep, err := verified(data); err == nil {
			t.Errorf("%s: not found: %+v", c.name, rep)
		}
		if sumsOnly(data) == nil {
			missed[c.name]++
		}
	}
	if len(missed) == 0 {
		t.Error("one that only looks at the sums finds all of them too: the changes are too easy")
	}
	all := 0
	for _, k := range missed {
		all += k
	}
	t.Logf("%d changes of %d bytes, all found; one that only looks at the sums misses %d: %v", n, len(whole), all, missed)
}

// What is wrong is named.
func TestTheFirstThingThatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	d, m := theLamp(t)
	whole := made(t, d, m).zip(t)
	own := newSigner(1)
	edit := func(name string, change func([]byte) []byte) func(files []file) []file {
		return func(files []file) []file {
			f := find(files, name)
			f.data = change(bytes.Clone(f.data))
			return resigned(files, own) // as the host could: then only the parts can contradict one another
		}
	}
	replace := func(old, new string) func([]byte) []byte {
		return func(p []byte) []byte {
			if !bytes.Contains(p, []byte(old)) {
				t.Fatalf("there is no %q", old)
			}
			return bytes.Replace(p, []byte(old), []byte(new), 1)
		}
	}
	for _, c := range []struct {
		name, says string
		change     func(files []file) []file
	}{
		{"nothing", "", func(f []file) []file { return f }},
		{"signed anew by the same key", "", func(f []file) []file { return resigned(f, own) }},
		{"an exhibit", "exhibits/exhibit-001.jpg was changed", func(f []file) []file {
			find(f, "exhibits/exhibit-001.jpg").data[5000] ^= 1
			return f
		}},
		{"a letter gone", "letters/letter-01.txt is missing", func(f []file) []file {
			return slices.DeleteFunc(f, func(f file) bool { return f.name == "letters/letter-01.txt" })
		}},
		{"a file more", "letters/letter-02.txt was added", func(f []file) []file {
			return slices.Insert(f, 3, file{"letters/letter-02.txt", []byte("x")})
		}},
		{"the list", "SHA256SUMS is not signed", func(f []file) []file { find(f, "SHA256SUMS").data[3] ^= 1; return f }},
		{"another key signs", "SHA256SUMS is not signed", func(f []file) []file { return resigned(f, newSigner(9)) }},
		{"an RSA key", "is not a public key", func(f []file) []file {
			find(f, "public-key.pem").data = pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: []byte{1}})
			return f
		}},
		{"a word in the log", "line 2 of the log does not follow", edit("log.jsonl", replace(`"what":"opened"`, `"what":"opend!"`))},
		{"the log's last line", "the log does not end as head.json says", edit("log.jsonl", replace(`by e-mail`, `by e-mall`))},
		{"the log's end of line", "does not end with a whole line", edit("log.jsonl", func(p []byte) []byte { return p[:len(p)-1] })},
		{"the head", "the log does not end as head.json says", edit("head.json", replace(`"seq":21`, `"seq":20`))},
		{"a hash in the manifest", "its sha256 in the manifest is not the one of line", edit("manifest.json", func(p []byte) []byte {
			return replace(d.Exhibits[0].SHA256, strings.Repeat("a", 64))(p)
		})},
		{"a date in the manifest", "its sent in the manifest", edit("manifest.json", replace(moment(d.Exhibits[0].Sent), moment(d.Exhibits[0].Sent.Add(-time.Hour))))},
		{"a sender in the manifest", "its forward_name in the manifest", edit("manifest.json", replace("LampLand Support", "LampLand Boss"))},
		{"a form in the manifest", "its form in the manifest", edit("manifest.json", replace("telegram_recompressed", "as_sent_file"))},
		{"an exhibit gone from the manifest", "which the manifest does not have", edit("manifest.json", func(p []byte) []byte {
			var mf manifest
			if err := json.Unmarshal(p, &mf); err != nil {
				t.Fatal(err)
			}
			mf.Exhibits = mf.Exhibits[:5]
			p, _ = json.Marshal(mf)
			return p
		})},
		{"the line of the log in the manifest", "names another line of the log", edit("manifest.json", replace(`"log_seq": 3`, `"log_seq": 4`))},
		{"a field nobody knows", "manifest.json can't be read", edit("manifest.json", replace(`"format": 1`, `"format": 1, "extra": 2`))},
		{"a later kind", "is of a later kind", edit("manifest.json", replace(`"format": 1`, `"format": 2`))},
		{"an edit of a text", "edit 1 of Exhibit 5", edit("manifest.json", replace(hashOf([]byte(d.Exhibits[4].Edits[0].Text)), strings.Repeat("b", 64)))},
		{"a file signed that is no exhibit", "is no exhibit of the manifest", func(f []file) []file {
			return resigned(slices.Insert(f, 4, file{"exhibits/exhibit-444.jpg", []byte("x")}), own)
		}},
		{"an exhibit not there, signed so", "exhibits/exhibit-001.jpg is missing", func(f []file) []file {
			return resigned(slices.DeleteFunc(f, func(f file) bool { return f.name == "exhibits/exhibit-001.jpg" }), own)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := verified(packed(t, c.change(unpacked(t, whole)), d.As))
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("says %v, want %q", err, c.says)
			}
		})
	}
}

// commands are the lines of a VERIFY.txt that begin with four spaces.
func commands(page string) string {
	var b strings.Builder
	for text := range strings.Lines(page) {
		if command, is := strings.CutPrefix(text, "    "); is {
			b.WriteString(command)
		}
	}
	return b.String()
}

// followed does what VERIFY.txt says, and nothing else, in an empty folder. No
// ca = it does not need one.
func followed(t *testing.T, name string, data []byte, ca []byte) (string, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
	if ca != nil {
		if err := os.WriteFile(filepath.Join(dir, "authority.pem"), ca, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := exec.Command("unzip", "-p", filepath.Join(dir, name), "VERIFY.txt").Output()
	if err != nil {
		return "", fmt.Errorf("unzip: %w", err)
	}
	c := exec.Command("sh", "-eu")
	c.Dir, c.Stdin = dir, strings.NewReader(commands(string(page)))
	out, err := c.CombinedOutput()
	return string(out), err
}

func needs3(t *testing.T) {
	t.Helper()
	for _, program := range []string{"sha256sum", "openssl", "unzip"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not on this machine", program)
		}
	}
	out, err := exec.Command("openssl", "version").Output()
	if err != nil || !regexp.MustCompile(`^OpenSSL ([3-9]|[1-9][0-9])\.`).Match(out) {
		t.Skipf("openssl is too old: %s", out)
	}
}

// A stranger checks a dossier with coreutils, unzip and openssl, by the page that
// lies in it; and finds what was changed.
func TestAStrangerCanCheckItWithoutUs(t *testing.T) {
	t.Parallel()
	needs3(t)
	for tag, sample := range map[string]func(testing.TB) (*Dossier, memory){"en": theLamp, "zh-Hans": theCooker} {
		t.Run(tag, func(t *testing.T) {
			d, m := sample(t)
			f := made(t, d, m)
			name, whole := f.names[1], f.zip(t)
			out, err := followed(t, name, whole, nil)
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			print := strings.ReplaceAll(fingerprint(mustDER(newSigner(1))), " ", "")
			for _, want := range []string{"Signature Verified Successfully", print, fmt.Sprint(len(d.Log)), "OK"} {
				if !strings.Contains(out, want) {
					t.Errorf("it does not say %q:\n%s", want, out)
				}
			}
			for _, c := range []struct {
				name, says string
				change     func(files []file) []file
			}{
				{"an exhibit", "exhibit-001.jpg", func(f []file) []file { find(f, "exhibits/exhibit-001.jpg").data[5000] ^= 1; return f }},
				{"a file more", "extra.txt", func(f []file) []file { return append(f, file{"letters/extra.txt", []byte("x")}) }},
				{"a file less", "transcript.txt", func(f []file) []file {
					return slices.DeleteFunc(f, func(f file) bool { return f.name == "transcript.txt" })
				}},
				{"sums made right again", "Verification Failure", func(f []file) []file { find(f, "transcript.txt").data[5] ^= 1; return resummed(f) }},
				{"another key", "Verification Failure", func(f []file) []file { return resigned(f, newSigner(5)) }},
				{"the log, signed anew", "does not follow", func(f []file) []file {
					l := find(f, "log.jsonl")
					l.data = bytes.Replace(l.data, []byte("opened"), []byte("opend!"), 1)
					return resigned(f, newSigner(1))
				}},
				{"the log cut, signed anew", "the log was cut", func(f []file) []file {
					l := find(f, "log.jsonl")
					l.data = l.data[:bytes.LastIndexByte(l.data[:len(l.data)-1], '\n')+1]
					return resigned(f, newSigner(1))
				}},
			} {
				out, err := followed(t, name, packed(t, c.change(unpacked(t, whole)), d.As), nil)
				if err == nil || !strings.Contains(out, c.says) {
					t.Errorf("%s: says %v, want %q\n%s", c.name, err, c.says, out)
				}
			}
		})
	}
}

func mustDER(s signer) []byte {
	der, err := x509.MarshalPKIXPublicKey(s.Public())
	if err != nil {
		panic(err)
	}
	return der
}

// authority is a local one, made with openssl.
type authority struct {
	dir string
	ca  []byte
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{dir: t.TempDir()}
	conf := `
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Test Time Stamping Root
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
serial = ` + a.dir + `/serial
default_policy = 1.2.3.4.1
signer_digest = sha256
digests = sha256
ordering = no
ess_cert_id_alg = sha256
`
	if err := os.WriteFile(filepath.Join(a.dir, "tsa.cnf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	a.run(t, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-config", "tsa.cnf", "-extensions", "ca", "-keyout", "ca.key", "-out", "ca.pem")
	a.run(t, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "tsa.cnf", "-subj", "/CN=Test Time Stamping", "-keyout", "tsa.key", "-out", "tsa.csr")
	a.run(t, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650", "-extfile", "tsa.cnf", "-extensions", "leaf", "-out", "tsa.pem")
	var err error
	if a.ca, err = os.ReadFile(filepath.Join(a.dir, "ca.pem")); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a authority) run(t *testing.T, args ...string) []byte {
	t.Helper()
	c := exec.Command("openssl", args...)
	c.Dir = a.dir
	var problems bytes.Buffer
	c.Stderr = &problems
	out, err := c.Output()
	if err != nil {
		t.Fatalf("openssl %s: %v\n%s", args[0], err, problems.String())
	}
	return out
}

// token attests a hash.
func (a authority) token(t *testing.T, hash string) []byte {
	t.Helper()
	a.run(t, "ts", "-query", "-digest", hash, "-sha256", "-cert", "-out", "q.tsq")
	a.run(t, "ts", "-reply", "-queryfile", "q.tsq", "-config", "tsa.cnf", "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "r.tsr")
	der, err := os.ReadFile(filepath.Join(a.dir, "r.tsr"))
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ Status, Token asn1.RawValue }
	if _, err := asn1.Unmarshal(der, &r); err != nil {
		t.Fatal(err)
	}
	return r.Token.FullBytes
}

// A time stamp of an outside authority is checked, by us and by a stranger; one
// about something else is refused.
func TestTimeStamps(t *testing.T) {
	t.Parallel()
	needs3(t)
	a := newAuthority(t)
	d, m := theLamp(t)
	last := len(d.Log) - 1
	middle := hashOf(d.Log[9])
	d.Stamps = []Stamp{
		{Seq: 10, Hash: middle, Token: a.token(t, middle), Authority: "https://tsa.example/"},
		{Seq: int64(last + 1), Hash: hashOf(d.Log[last])},
	}
	f := made(t, d, m)
	whole := f.zip(t)
	rep, err := verified(whole)
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Stamps) != 1 || rep.Stamps[0].Seq != 10 || rep.Pending != 1 || time.Since(rep.Stamps[0].At) > time.Hour || !strings.Contains(rep.Stamps[0].Signer, "Test Time Stamping") {
		t.Errorf("the report says %+v", rep)
	}
	if out, err := followed(t, f.names[1], whole, a.ca); err != nil || !strings.Contains(out, "Verification: OK") {
		t.Errorf("a stranger: %v\n%s", err, out)
	}
	if out, err := followed(t, f.names[1], whole, newAuthority(t).ca); err == nil {
		t.Errorf("a stranger trusts another authority:\n%s", out)
	}
	// Another stamp of the same authority in its place, signed anew by the host.
	other, err := asn1.Marshal(reply{Token: asn1.RawValue{FullBytes: a.token(t, strings.Repeat("ab", 32))}})
	if err != nil {
		t.Fatal(err)
	}
	files := unpacked(t, whole)
	find(files, stampName(10)).data = other
	if _, err := verified(packed(t, resigned(files, newSigner(1)), d.As)); err == nil || !strings.Contains(err.Error(), "about something else") {
		t.Errorf("a stamp about something else: %v", err)
	}
	files = unpacked(t, whole)
	der := find(files, stampName(10)).data
	der[len(der)-5] ^= 1 // in its signature
	if _, err := verified(packed(t, resigned(files, newSigner(1)), d.As)); err == nil {
		t.Error("a stamp with a broken signature is taken")
	}
	d.Stamps[0].Hash = strings.Repeat("cd", 32)
	if _, err := Write(t.Context(), d, m.open, newSigner(1), (&folder{}).create, nil); err == nil {
		t.Error("a stamp on a line that is not there is written down")
	}
}

// A hostile file makes no panic.
func FuzzVerify(f *testing.F) {
	d, m := theLamp(f)
	d.Exhibits = d.Exhibits[3:5] // the texts: small
	finishLog(d)
	d.Talk, d.Papers, d.Calendar = nil, nil, nil
	f.Add(made(f, d, m).zip(f))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) { verified(data) })
}

func FuzzTimeStamp(f *testing.F) {
	f.Add([]byte{0x30, 0x03, 0x02, 0x01, 0x00})
	f.Fuzz(func(t *testing.T, der []byte) { parseStamp(der, strings.Repeat("00", 32)) })
}
