package desk

// KindContact is what customers bring, be it as a ticket or as a call: no
// record is of this kind, but figures rest on it, and so on all sources of
// tickets and of calls.
const KindContact Kind = 100
