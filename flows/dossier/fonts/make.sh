#!/bin/sh
# Makes the fonts of the dossier anew: cuts them out of the Noto fonts on npm.
# Needs npm and fontTools (Debian: python3-fonttools 4.38). Same versions, same
# bytes, but for the time in the head table.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --no-save --no-audit --no-fund --ignore-scripts \
	@expo-google-fonts/noto-sans-sc@0.4.3 @expo-google-fonts/noto-sans@0.4.2 \
	@expo-google-fonts/noto-sans-arabic@0.4.3 @expo-google-fonts/noto-emoji@0.4.7

subset() { # from, to, characters, more
	from=$1 to=$2 chars=$3
	shift 3
	python3 "$here/chars.py" "$chars" >"$chars.txt"
	python3 -m fontTools.subset "node_modules/@expo-google-fonts/$from" --output-file="$here/$to" --unicodes-file="$chars.txt" \
		--no-hinting --notdef-outline --no-glyph-names --recalc-bounds --name-IDs=1,2,6,13,14 \
		--drop-tables+=STAT,DSIG,gasp,BASE,VORG,vhea,vmtx "$@"
}
plain="--layout-features= --drop-tables+=GSUB,GPOS,GDEF"
subset noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf NotoSansSC-Regular.ttf regular $plain
subset noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf NotoSansSC-Bold.ttf bold $plain
subset noto-sans/400Regular/NotoSans_400Regular.ttf NotoSans-Regular.ttf latin $plain
subset noto-sans/700Bold/NotoSans_700Bold.ttf NotoSans-Bold.ttf latin $plain
subset noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf NotoSansArabic-Regular.ttf arabic \
	--layout-features=ccmp,locl,isol,init,medi,fina,rlig,liga,calt,mark,mkmk,kern,curs
subset noto-emoji/400Regular/NotoEmoji_400Regular.ttf NotoEmoji-Regular.ttf emoji $plain
