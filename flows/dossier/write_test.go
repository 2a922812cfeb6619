package dossier

import (
	"os"
	"path/filepath"
	"testing"
)

// A dossier is made, is what it says, and comes out the same again.
func TestTheDossierOfACase(t *testing.T) {
	t.Parallel()
	for name, sample := range map[string]func(testing.TB) (*Dossier, memory){"lamp": theLamp, "cooker": theCooker} {
		t.Run(name, func(t *testing.T) { theDossier(t, sample) })
	}
}

func theDossier(t *testing.T, sample func(testing.TB) (*Dossier, memory)) {
	d, m := sample(t)
	f := made(t, d, m)
	rep, err := verified(f.zip(t))
	if err != nil {
		t.Fatal(err)
	}
	if rep.Case != d.Case || rep.Part != 1 || rep.Parts != 1 || rep.Exhibits != 10 || rep.Here != 8 || len(rep.Absent) != 2 || len(rep.Unlogged) != 0 {
		t.Errorf("the report says %+v", rep)
	}
	if dir := os.Getenv("DOSSIER_OUT"); dir != "" {
		for n, b := range f.files {
			if err := os.WriteFile(filepath.Join(dir, n), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		t.Log(rep)
	}
	again := made(t, d, m)
	for n, b := range f.files {
		if again.files[n].String() != b.String() {
			t.Errorf("%s is different the second time", n)
		}
	}
}
