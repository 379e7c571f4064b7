package book

import (
	"slices"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/journal"
	"helpdesk_exporter/kpi"
)

// dossier is the records of one customer of a desk, whichever of its sources they
// come from.
type dossier struct {
	key            journal.Key
	desk, customer string
}

// opened is a dossier that a change touches: how many records are in it before
// and after.
type opened struct {
	dossier
	before, after int
}

// dossiersOf returns the dossiers that a record belongs to.
func (b *Book) dossiersOf(key journal.Key, h *desk.Held) []dossier {
	s := b.numbers[key.Source]
	if h == nil || s == nil {
		return nil
	}
	var all []dossier
	for _, customer := range kpi.Parties(h) {
		all = append(all, dossier{
			key:  journal.KeyOf(0, desk.KindCustomer, s.Desk+"\x00"+customer), // no source has the number 0
			desk: s.Desk, customer: customer,
		})
	}
	return all
}

// opens notes the dossiers that a change of a record touches. Of a source whose
// history is being read nothing shows in them yet.
func (c *change) opens(s scene, key journal.Key, old, new *desk.Held, t *touched) {
	if c.first {
		return
	}
	was, is := c.book.dossiersOf(key, old), c.book.dossiersOf(key, new)
	for _, d := range append(slices.Clone(was), is...) {
		if slices.ContainsFunc(t.dossiers, func(o opened) bool { return o.dossier == d }) {
			continue
		}
		n := len(s.papers(d, groupMax+2))
		of := opened{dossier: d, before: n, after: n}
		if slices.Contains(was, d) {
			of.after--
		}
		if slices.Contains(is, d) {
			of.after++
		}
		t.dossiers = append(t.dossiers, of)
	}
}

// papers returns the keys of the records in a dossier, no more than most. Those
// of a source whose history is not known as a whole are not in it yet.
func (s scene) papers(d dossier, most int) []journal.Key {
	return s.tx.Members(d.key, most, func(k journal.Key) bool { return s.reaches(k.Source) })
}

// reaches reports whether figures that rest on several sources have the records
// of a source among them.
func (s scene) reaches(number uint32) bool {
	source := s.book.numbers[number]
	return source != nil && (known(&source.state) || source == s.complete)
}

// dossiers collects what the customers contribute whose dossiers a change
// touches. Records of one with too many of them stand by themselves.
func (c *change) dossiers(s scene, t touched, before bool, to *kpi.Contributions) error {
	for _, d := range t.dossiers {
		here, there := d.after, d.before
		if before {
			here, there = there, here
		}
		if here > groupMax && there > groupMax {
			if slices.Contains(c.book.dossiersOf(s.key, s.held), d.dossier) {
				to.AddDossier(s.book.open(d.dossier, true, s.held))
			}
			continue
		}
		records, err := s.records(s.papers(d.dossier, here))
		if err != nil {
			return err
		}
		if here <= groupMax {
			to.AddDossier(s.book.open(d.dossier, false, records...))
			continue
		}
		for _, h := range records {
			to.AddDossier(s.book.open(d.dossier, true, h))
		}
	}
	return nil
}

// open returns records as the dossier in which they are.
func (b *Book) open(d dossier, crowded bool, records ...*desk.Held) kpi.Dossier {
	return kpi.Dossier{Customer: d.customer, Records: records, Crowded: crowded, Fed: b.desks[d.desk].fed}
}

// fed reports whether the desk has a source on which figures of a kind rest.
func (d *deskBook) fed(kind desk.Kind) bool {
	return slices.ContainsFunc(d.sources, func(s *source) bool { return s.feeds(kind) })
}

// dossiers collects what the customers contribute for whom a held record speaks:
// the first one of each dossier does.
func (x *batch) dossiers(s scene, key journal.Key, held *desk.Held) error {
	if !s.reaches(key.Source) {
		return nil
	}
	for _, d := range s.book.dossiersOf(key, held) {
		papers := s.papers(d, groupMax+1)
		if len(papers) > groupMax {
			x.contributions.AddDossier(s.book.open(d, true, held))
			continue
		}
		if papers[0] != key {
			continue
		}
		records, err := s.records(papers)
		if err != nil {
			return err
		}
		x.contributions.AddDossier(s.book.open(d, false, records...))
	}
	return nil
}
