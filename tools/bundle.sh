#!/bin/sh
# bundle.sh BUILD DIR: quarry with every library it loads and their loader, for machines whose own are older or others. DIR/quarry starts it.
# Where the kernel runs it at all, nothing else is needed; the embedded model is looked for as with any quarry (QUARRY_MODELS).
set -eu

[ $# = 2 ] || { echo "usage: bundle.sh BUILD DIR" >&2; exit 2; }
build=$1 dir=$2
mkdir -p "$dir/lib"
cp "$build/quarry" "$dir/lib/quarry"
# "name => path (address)" and, for the loader, "path (address)"
ldd "$build/quarry" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' | while read -r library; do
	cp -L "$library" "$dir/lib/"
done
loader=$(ldd "$build/quarry" | awk '$1 ~ /^\// { n = split($1, p, "/"); print p[n] }')
[ -n "$loader" ] || { echo "bundle.sh: $build/quarry has no loader" >&2; exit 1; }
cat >"$dir/quarry" <<END
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/lib/$loader" --library-path "\$here/lib" "\$here/lib/quarry" "\$@"
END
chmod 755 "$dir/quarry"
