package config

import (
	"errors"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

// WebUsers reads from the file of --web.config.file who may log in with a
// password, none without a file. All else in it, and whether the passwords are
// right, is the server's business.
func WebUsers(path string) (map[string]bool, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read web configuration: %w", err)
	}
	var file struct {
		Users map[string]yaml.Node `yaml:"basic_auth_users"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		// The words of the decoder may quote the file.
		return nil, errors.New("read web configuration: " + path + " is no YAML that fits")
	}
	users := make(map[string]bool, len(file.Users))
	for name := range file.Users {
		users[name] = true
	}
	return users, nil
}
