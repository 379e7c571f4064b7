package config_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helpdesk_exporter/config"
)

func TestWebUsersAreThoseWithAPassword(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"tls_server_config: {cert_file: a, key_file: b}\n", nil},
		{"basic_auth_users:\n", nil},
		{"basic_auth_users: {}\n", nil},
		{"basic_auth_users: {ann: $2y$10$a, bob: $2y$10$b}\nhttp_server_config: {http2: true}\n", []string{"ann", "bob"}},
	} {
		path := filepath.Join(t.TempDir(), "web.yml")
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		users, err := config.WebUsers(path)
		if got := slices.Sorted(maps.Keys(users)); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: got %v (%v), want %v", test.text, got, err, test.want)
		}
	}
}

func TestWithoutAWebConfigurationThereAreNoUsers(t *testing.T) {
	if users, err := config.WebUsers(""); err != nil || len(users) > 0 {
		t.Errorf("got %v (%v)", users, err)
	}
}

func TestAWebConfigurationThatCannotBeReadShowsNothingOfIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "web.yml")
	if _, err := config.WebUsers(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want the file that is not there named", err)
	}
	for _, text := range []string{"basic_auth_users: hunter2\n", "basic_auth_users: [hunter2]\n", "hunter2: {\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		users, err := config.WebUsers(path)
		if err == nil || len(users) > 0 || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v (%v)", text, users, err)
		}
	}
}
