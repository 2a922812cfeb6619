set -eu
subset() { # file, output, characters, more
	from=$1 to=$2 chars=$3; shift 3
	/usr/bin/python3 -m fontTools.subset "node_modules/@expo-google-fonts/$from" --output-file="$to" --unicodes-file="$chars" \
		--no-hinting --notdef-outline --no-glyph-names --recalc-bounds --name-IDs=1,2,6,13,14 --drop-tables+=STAT,DSIG,gasp,BASE,VORG,vhea,vmtx "$@"
}
for part in regular bold latin arabic emoji; do /usr/bin/python3 chars.py $part > $part.txt; done
plain="--layout-features= --drop-tables+=GSUB,GPOS,GDEF"
subset noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf NotoSansSC-Regular.ttf regular.txt $plain
subset noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf NotoSansSC-Bold.ttf bold.txt $plain
subset noto-sans/400Regular/NotoSans_400Regular.ttf NotoSans-Regular.ttf latin.txt $plain
subset noto-sans/700Bold/NotoSans_700Bold.ttf NotoSans-Bold.ttf latin.txt $plain
subset noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf NotoSansArabic-Regular.ttf arabic.txt --layout-features=ccmp,locl,isol,init,medi,fina,rlig,liga,calt,mark,mkmk,kern,curs
subset noto-emoji/400Regular/NotoEmoji_400Regular.ttf NotoEmoji-Regular.ttf emoji.txt $plain
