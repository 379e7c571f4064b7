package config_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"testing"

	"helpdesk_exporter/config"
	"helpdesk_exporter/sources/builtin"
)

// TestTheContractLoads reads the configuration that the team has agreed on,
// which lies beside the checkout, up to the source whose adapter does not exist.
func TestTheContractLoads(t *testing.T) {
	data, err := os.ReadFile("../../shared/contract.example.yml")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the agreed configuration does not lie beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	data, _, found := bytes.Cut(data, []byte("  - name: zendesk\n"))
	if !found {
		t.Fatal("the zendesk source is gone: let the test read the whole file")
	}
	c, err := config.Parse(data, "contract.example.yml", builtin.Types())
	if err != nil {
		t.Fatal(err)
	}
	if got := len(c.Sources); got != 3 {
		t.Errorf("%d sources, want 3", got)
	}
	again, err := config.Parse([]byte(c.String()), "contract.example.yml", builtin.Types())
	if err != nil {
		t.Fatalf("what is written back cannot be read: %v", err)
	}
	if again.String() != c.String() {
		t.Errorf("what is written back reads otherwise:\n%s\nthan\n%s", again, c)
	}
}

func TestTheExampleLoads(t *testing.T) {
	c, err := config.Load("../config.example.yml", builtin.Types())
	if err != nil {
		t.Fatal(err)
	}
	if c.Dir != ".." {
		t.Errorf("its relative paths would start at %q", c.Dir)
	}
}
