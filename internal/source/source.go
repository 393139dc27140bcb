// Package source opens a customer database, read-only and with every limit that
// keeps it harmless, and runs statements on it.
package source
