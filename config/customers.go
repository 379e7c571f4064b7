package config

// Outreach says what figures about attempts to reach customers need.
type Outreach struct {
	MinAttempts Count `yaml:"min_attempts"` // for an hour of the day to be called the best
}

func defaultOutreach() Outreach { return Outreach{MinAttempts: 30} }

// defaultPlatforms lists the platforms whose feedback is social, as opposed to
// that of shops and review sites.
func defaultPlatforms() []string {
	return []string{
		"x", "twitter", "facebook", "instagram", "linkedin", "tiktok", "youtube", "reddit", "threads", "mastodon", "bluesky", "pinterest",
	}
}

// checkMargin reports a gross margin that is no ratio. Below 0 goods are sold at
// a loss.
func checkMargin(at spot, margin *float64) {
	if margin != nil && !(*margin >= -1 && *margin <= 1) {
		at.errorf("must lie between -1 and 1, as 0.4 for 40 %%, not %v", *margin)
	}
}
