// Command juxta puts language models side by side in a terminal.
package main

func main() {}
