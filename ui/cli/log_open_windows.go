package cli

// noFollow is nothing here, where making a link takes a right that few have.
const noFollow = 0
