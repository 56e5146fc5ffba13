#!/usr/bin/env bash
# Draws the four demo clips and their thumbnails, from arithmetic alone: nothing is downloaded and nobody's film is used.
#
#   scripts/make-clips.sh [OUTPUT_DIRECTORY [CLIP]]
#
# Every clip shows its own second in large figures, so that a person (or a test reading pixels) can tell where it is. The
# results are committed; run this again only to change them. Needs ffmpeg with libvpx-vp9 and the DejaVu fonts.
set -euo pipefail

out="${1:-$(dirname "$0")/../Sources/CConsole/assets/clips}"
font=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
fps=10
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

# The figures come from a file because drawtext then needs no second layer of escaping. The thousandth keeps a frame that
# lies a rounding error before its second from showing the one before.
printf '%s' '%{eif:trunc((t+0.001)/60):d}:%{eif:mod(trunc(t+0.001),60):d:2}' > "$work/timer.txt"

# Drawn at 160×90 and scaled up: four times less arithmetic, and the softness suits what is drawn.

# still NAME SIZE RED GREEN BLUE ALPHA: one picture from arithmetic, to be moved about by the scenes.
still() {
  ffmpeg -v error -y -f lavfi -i "color=black:size=$2:duration=1:rate=1" -frames:v 1 \
    -vf "format=gbrap,geq=r='clip($3,0,255)':g='clip($4,0,255)':b='clip($5,0,255)':a='clip($6,0,255)',format=rgba" "$work/$1.png"
}

# fade_between FIRST SECOND SECONDS: inputs 0 and 1, one turning into the other over the whole clip, named [ground].
fade_between() {
  inputs=(-loop 1 -framerate "$fps" -t "$3" -i "$work/$1.png" -loop 1 -framerate "$fps" -t "$3" -i "$work/$2.png")
  graph="[1]format=yuva444p,fade=t=in:d=$3:alpha=1[second];[0][second]overlay=format=yuv444[ground]"
  last=ground
}

# place PICTURE X Y: puts a picture, centred, on what is drawn so far; X and Y are in t (seconds).
place() {
  local n name
  n="$(printf '%s\n' "${inputs[@]}" | grep -c -- '^-i$')"
  name="layer$n"
  inputs+=(-i "$work/$1.png")
  graph+=";[$last][$n]overlay=x='$2-w/2':y='$3-h/2':eval=frame:format=yuv444[$name]"
  last="$name"
}

# --- The four scenes: each takes its length and sets inputs and graph. ---

harbour() {  # one day over the sea, from dawn to dusk, while a boat goes by
  local p="(T/$1)" sea="(0.6*H)" r g b
  local day="sin(PI*$p)" sunx="(W*(0.14+0.72*$p))" suny="(H*(0.62-0.46*sin(PI*$p)))"
  local up="pow(if(lt(Y,$sea),Y/$sea,1-0.8*(Y-$sea)/(H-$sea)),1.4)"
  local disc="exp(-pow((pow(X-$sunx,2)+pow(Y-$suny,2))/52,2))*lt(Y,$sea)"
  local halo="exp(-(pow(X-$sunx,2)+pow(Y-$suny,2))/1100)"
  local path="if(gt(Y,$sea),exp(-pow(X-$sunx,2)/(26+3*(Y-$sea)))*(0.5+0.5*sin(Y*1.7+1.4*sin(X/7+T)+T*1.3)),0)"
  local wave="if(gt(Y,$sea),9*sin((Y-$sea)*0.9+1.2*sin(X/19+T*0.5)-T*0.9),0)"
  local shade="(1-0.3*gt(Y,$sea))"
  r="$shade*((62-24*$p)+(186-66*$day+20*$p)*$up+60*$halo+$wave)+235*$disc+110*$path"
  g="$shade*((58+78*$day-20*$p)+(92+12*$day-30*$p)*$up+38*$halo+$wave)+190*$disc+84*$path"
  b="$shade*((104+92*$day)+(10+20*$day-24*$p)*$up+14*$halo+$wave)+90*$disc+46*$path"
  local hull="min(min(Y-42,50-Y),24-(Y-42)*0.9-abs(X-32))"
  local mainsail="min(min(X-34,34+(Y-4)*0.5-X),min(40-Y,Y-4))" jib="min(min(31-X,X-31+(Y-10)*0.4),min(40-Y,Y-10))"
  still boat 64x56 "if(gt(Y,41),78,246)" "if(gt(Y,41),48,234)" "if(gt(Y,41),44,216)" "255*clip(max($hull,max($mainsail,$jib))+0.5,0,1)"
  still hill 130x40 "52+14*Y/H" "62+18*Y/H" "70+12*Y/H" "255*clip(Y-H+min(1,X/46)*(15+9*sin(X/31)+6*sin(X/14+1)),0,1)"
  # Drawn at a quarter of the pixels: it is all arithmetic, and the softness suits it.
  inputs=(-f lavfi -i "color=black:size=160x90:rate=$fps:duration=$1")
  graph="[0]format=gbrp,geq=r='clip($r,0,255)':g='clip($g,0,255)':b='clip($b,0,255)',scale=320:180:flags=bicubic,format=yuv444p[ground]"
  last=ground
  place hill 255 88
  place boat "mod(t*4.4+90,400)-40" "100+1.5*sin(t*0.9)"
}

lanterns() {  # paper lanterns rising over a lake; the night turns from plum to deep green
  local i lantern="exp(-pow(hypot((X-32)/13,(Y-32)/16),8))" halo="exp(-(pow(X-32,2)+pow(Y-32,2))/260)"
  still plum 320x180 "38+30*Y/H" "16+8*Y/H" "62+30*Y/H" 255
  still green 320x180 "12+22*Y/H" "30+34*Y/H" "46+18*Y/H" 255
  still lantern 64x64 "255" "150+70*$lantern-30*(Y/H)" "70+50*$lantern" "255*max($lantern,0.55*$halo)"
  still spark 24x24 "255" "190" "120" "200*exp(-(pow(X-12,2)+pow(Y-12,2))/22)"
  still lake 420x36 "230" "170" "150" "34*gt(Y,1)*pow(0.5+0.5*sin(Y*1.1+1.6*sin(X/15)),2)"
  fade_between plum green "$1"
  for i in 0 1 2 3 4 5; do
    place spark "$((22 + i * 53))+8*sin(t*0.16+$i*2.7)" "172-mod(t*(2.2+0.26*$i)+$i*38,200)"
  done
  for i in 0 1 2 3 4; do
    place lantern "$((38 + i * 61))+14*sin(t*0.21+$i*1.9)" "212-mod(t*(4.2+0.74*$i)+$i*62,260)"
  done
  place lake "160+24*sin(t*0.22)" "164"
}

orbits() {  # four planets, seen from a little above; the star cools from white to red
  local i d="hypot(X-160,(Y-90)/0.52)" rings="" spot="hypot(X-160,Y-90)"
  for i in 44 72 106 144; do rings+="+exp(-pow($d-$i,2)*0.5)"; done
  local speck="gt(mod(abs(sin(X*12.9898+Y*78.233)*43758.5453),1),0.9975)*150"
  local white="255*exp(-pow($spot/15,4))" corona="exp(-$spot/30)"
  still young 320x180 "10+$speck+30*(${rings#+})+$white+130*$corona" "14+$speck+34*(${rings#+})+$white+110*$corona" "36+$speck+48*(${rings#+})+$white+90*$corona" 255
  still old 320x180 "28+$speck+34*(${rings#+})+$white+190*$corona" "14+$speck+26*(${rings#+})+0.45*$white+44*$corona" "26+$speck+34*(${rings#+})+0.15*$white+22*$corona" 255
  planet() { still "$1" 28x28 "$3*(1.15-Y/H*0.6)" "$4*(1.15-Y/H*0.6)" "$5*(1.15-Y/H*0.6)" "255*clip($2-hypot(X-14,Y-14)+0.5,0,1)"; }
  planet ash 4 210 190 170
  planet sea 6 90 180 250
  planet sand 9 240 160 90
  planet violet 7 170 140 240
  fade_between young old "$1"
  place ash "160+44*cos(t*0.55)" "90+22.9*sin(t*0.55)"
  place sea "160+72*cos(t*0.33+2)" "90+37.4*sin(t*0.33+2)"
  place sand "160+106*cos(t*0.21+4)" "90+55.1*sin(t*0.21+4)"
  place violet "160+144*cos(t*0.13+1)" "90+74.9*sin(t*0.13+1)"
}

tidepool() {  # light through shallow water, with slow fish; turquoise turning to violet
  local i bend="(sin(X/15+T*0.31+1.7*sin(Y/17+T*0.17))+sin((X*0.6+Y*1.2)/14-T*0.23+1.3*sin(X/23-T*0.11)))"
  local body="1-(pow((X-30)/17,2)+pow((Y-16)/8,2))" tail="min(min(X-4,15-X),(15-X)*0.8-abs(Y-16))"
  still shallow 320x180 "20+56*Y/H" "122+36*Y/H" "134-14*Y/H" 255
  still deep 320x180 "72+60*Y/H" "58+30*Y/H" "136-6*Y/H" 255
  still fish 52x32 "246-30*Y/H" "146-40*Y/H" "80" "255*clip(max(($body)*6,$tail),0,1)"
  still minnow 52x32 "250" "214-30*Y/H" "120" "255*clip(max(($body)*6,$tail),0,1)"
  fade_between shallow deep "$1"
  place fish "mod(t*7.3+40,380)-30" "62+9*sin(t*0.4)"
  place minnow "mod(t*10.1+190,380)-30" "104+8*sin(t*0.5+2)"
  place fish "mod(t*5.7+290,380)-30" "30+6*sin(t*0.3+4)"
  inputs+=(-f lavfi -i "color=black:size=160x90:rate=$fps:duration=$1" -f lavfi -i "color=0xd8fff0:size=320x180:rate=$fps:duration=$1")
  graph+=";[5]format=gray,geq=lum='150*pow(1-min(1,abs($bend)),3)',scale=320:180:flags=bicubic[light]"
  graph+=";[6]format=yuva444p[glow];[glow][light]alphamerge[shine];[$last][shine]overlay=format=yuv444[lit]"
  last=lit
}

# clip NAME SECONDS THUMBNAIL_SECOND RATE
clip() {
  local name="$1" seconds="$2" at="$3" rate="$4" inputs graph last=""
  "$name" "$seconds"
  # In the upper corner, where neither a play button nor the control bar covers the figures.
  local stamp="drawtext=fontfile=$font:textfile=$work/timer.txt:fontsize=46:fontcolor=white:borderw=3:bordercolor=0x101018@0.75:x=w-text_w-14:y=12"
  local label="drawtext=fontfile=$font:text=${name^}:fontsize=15:fontcolor=white@0.92:borderw=2:bordercolor=0x101018@0.6:x=14:y=14"
  # Drawn once into a lossless file, since the two passes of the encoder would otherwise each do the arithmetic.
  ffmpeg -v error -y "${inputs[@]}" -filter_complex "$graph;[$last]format=yuv420p[out]" -map '[out]' \
    -t "$seconds" -r "$fps" -c:v ffv1 "$work/$name.mkv"
  ffmpeg -v error -y -ss "$at" -i "$work/$name.mkv" -frames:v 1 -q:v 4 "$out/$name.jpg"
  # A key frame every two seconds makes a seek land on its second at once.
  local encode=(-vf "$stamp,$label" -c:v libvpx-vp9 -b:v "$rate" -g $((fps * 2)) -keyint_min $((fps * 2)) -row-mt 1 -threads 2 -an)
  ffmpeg -v error -y -i "$work/$name.mkv" "${encode[@]}" -speed 4 -pass 1 -passlogfile "$work/$name" -f null /dev/null
  ffmpeg -v error -y -i "$work/$name.mkv" "${encode[@]}" -speed 2 -pass 2 -passlogfile "$work/$name" "$out/$name.webm"
  rm "$work/$name.mkv"
}

only="${2:-}"
for entry in 'harbour 240 96 19k' 'lanterns 210 71 18k' 'orbits 180 44 18k' 'tidepool 300 38 22k'; do
  read -r -a words <<< "$entry"
  if [[ -z "$only" || "$only" == "${words[0]}" ]]; then clip "${words[@]}"; fi
done
ls -l "$out"
