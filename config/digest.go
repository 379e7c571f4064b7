package config

import (
	"crypto/sha256"
	"fmt"

	"github.com/prometheus/common/model"
	"gopkg.in/yaml.v3"

	"helpdesk_exporter/sources"
)

// Digest tells what something was made from, without showing it: it is another
// one as soon as anything differs, secrets included.
type Digest [sha256.Size]byte

// digestOf returns the digest of a value's text.
func digestOf(value any) (Digest, error) {
	text, err := yaml.Marshal(value)
	if err != nil {
		return Digest{}, err
	}
	return sha256.Sum256(text), nil
}

// SourceDigest returns the digest of all that source i is made from: what the
// user wrote for it, and what it takes from the rest of the configuration.
func (c *Config) SourceDigest(i int) Digest { return c.digests[i] }

// digest completes the digests of what is written of each source.
func (c *Config) digest(written []Digest) error {
	for i, s := range c.Sources {
		whole, err := digestOf(struct {
			Written Digest
			Common  sources.Common
			Dir     string
			MaxSkew model.Duration
		}{written[i], *s.Shared(), c.Dir, c.Global.MaxSkew})
		if err != nil {
			return fmt.Errorf("%s: source %q: %w", c.name, s.Shared().Name, err)
		}
		c.digests = append(c.digests, whole)
	}
	return nil
}
