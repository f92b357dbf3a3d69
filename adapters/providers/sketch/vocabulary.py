"""The vocabulary: which words stand for which place, hour, weather, thing, colour and finish."""

from types import MappingProxyType

from adapters.providers.sketch.canvas import Colour, colour


def _table(text: str) -> dict[str, str]:
    """`name: word word` lines as word -> name; each name stands for itself too."""
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        name, _, words = line.partition(":")
        for word in (name, *words.split()):
            found.setdefault(word.strip().replace("_", " "), name.strip())
    return found


def _pairs(text: str) -> dict[str, str]:
    """`word=name` pairs."""
    return {word: name for word, _, name in (pair.partition("=") for pair in text.split())}


PLACES = MappingProxyType(
    _table(
        """
window: windowsill sill windowpane
underwater: undersea reef coral seabed submarine aquarium deep_sea deep_ocean under_the_sea ocean_floor
space: nebula galaxy cosmos cosmic universe starfield supernova orbit stars interstellar milky_way black_hole
abstract: pattern texture marble fluid geometric swirl swirls fractal shapes gradient wallpaper psychedelic kandinsky background
portrait: face headshot selfie bust profile
still life: fruit table bowl vase breakfast food dessert kitchen
city: umbrella skyline street skyscraper downtown tokyo york london paris manhattan metropolis cyberpunk alley avenue hongkong urban
city: umbrella cityscape traffic shanghai berlin
sea: ocean wave waves coast shore seaside sail sailing marine surf atlantic pacific tide cliff cliffs lagoon
beach: sand shoreline tropical palm paradise
island: islands archipelago isle
forest: wood woods woodland jungle rainforest grove pines bamboo birch redwood taiga
desert: dune dunes sahara arid savanna savannah oasis
lake: pond loch reservoir swamp fjord
river: stream creek brook canal waterfall
mountains: mountain alps peak peaks summit himalaya andes range ridge volcano valley everest canyon alpine
meadow: field fields hill hills prairie countryside farm pasture garden grassland park village vineyard tuscany lavender wheat
meadow: lawn cottage
snowfield: arctic antarctic tundra glacier iceberg polar
clouds place: heaven heavens above_the_clouds sea_of_clouds
interior: room bedroom library study cafe hall cathedral office lounge fireplace
"""
    )
)
TIMES = MappingProxyType(
    _table(
        """
dawn: sunrise daybreak daylight_breaking
morning: breakfast early
noon: midday day daytime daylight sunny summer afternoon bright
golden: golden_hour magic_hour evening
sunset: sundown
dusk: twilight gloaming blue_hour nightfall
night: midnight nighttime moonlit moonlight moon starry nocturnal neon stars aurora fireflies firefly fireworks
"""
    )
)
WEATHERS = MappingProxyType(
    _table(
        """
storm: stormy thunder thunderstorm lightning tempest hurricane tornado
rain: rainy raining drizzle downpour wet monsoon
snow: snowy snowing snowfall blizzard snowflake snowflakes
fog: foggy mist misty haze hazy smoke smoky
clouds: cloudy cloud
overcast: grey_sky gloomy moody bleak
clear: cloudless
aurora: auroras northern_lights borealis
"""
    )
)
SEASONS = MappingProxyType(
    _table(
        """
winter: snow snowy ice icy frozen frost frosty christmas blizzard
autumn: fall autumnal october november maple harvest
spring: blossom blossoms sakura cherry_blossom april bloom blooming easter
summer: july august
"""
    )
)
FEATURES = MappingProxyType(
    _table(
        """
lake: pond
river: stream creek
flowers: flower wildflowers poppy poppies tulip tulips daisies daisy blossom bloom sunflower sunflowers roses
lavender:
wheat: barley cornfield
trees: tree oak pine pines
palms: palm palms coconut
blossom: sakura cherry_blossom blossoms
bamboo:
birch: birches aspen
neon: cyberpunk synthwave vaporwave
planet: planets saturn jupiter mars
volcano: eruption lava
waterfall: waterfalls cascade
fireflies: firefly
fireworks: firework
geometric: shapes bauhaus cubist kandinsky mondrian
marble: veins agate
fluid: swirl swirls liquid ink_drop flow smoke
ribbons: waves lines silk
fence:
road: path trail
tropical: jungle rainforest
"""
    )
)
FIGURES = MappingProxyType(
    _table(
        """
fox: vixen
cat: kitten kitty tabby feline
dog: puppy hound corgi husky labrador
wolf: wolves
rabbit: bunny hare
bear: grizzly
deer: stag doe reindeer elk moose antlers
horse: pony stallion mare unicorn
owl: owls
bird: birds gull gulls seagull seagulls swallow swallows crow crows raven eagle falcon hawk geese swan dove parrot robin
penguin: penguins
whale: whales orca
dolphin: dolphins
shark: sharks
fish: fishes goldfish koi salmon
jellyfish: medusa
turtle: tortoise
butterfly: butterflies moth
elephant: elephants
camel: camels caravan
giraffe: giraffes
dragon: dragons wyvern
person: man woman girl boy people traveller traveler wanderer hiker child monk samurai knight wizard witch king queen figure
person: somebody someone human couple warrior princess explorer sailor fisherman ninja detective pilgrim
astronaut: spaceman cosmonaut
robot: android mech droid
boat: sailboat yacht ship ships boats schooner galleon vessel sloop canoe rowboat
lighthouse: beacon
house: cottage cabin hut home barn farmhouse
castle: fortress palace tower ruins
windmill: mill
church: chapel temple cathedral
balloon: balloons hot-air airship zeppelin
rocket: spaceship starship spacecraft shuttle ufo
train: locomotive
car: automobile taxi truck
bicycle: bike
cactus: cacti saguaro
tree: oak
pine: fir spruce
palm: coconut
bridge: bridges
tent: camping camp
mushroom: mushrooms toadstool
flower: rose tulip sunflower lotus orchid bouquet
vase: jug pitcher
umbrella: parasol
cup: coffee tea mug teacup latte espresso
teapot: kettle
bottle: wine
fruit: apple apples pear pears orange_fruit lemon lemons grapes peach
lantern: lamp candle candles
book: books
guitar: violin cello
moon:
planet:
heart: love
diamond: crystal gem jewel
"""
    )
)
HOMES = MappingProxyType(
    _table(
        """
meadow: fox dog rabbit horse butterfly house windmill church tree flower
window: cat
forest: wolf bear deer owl mushroom
sea: bird dolphin boat lighthouse
snowfield: penguin
underwater: whale shark fish jellyfish turtle
desert: elephant camel giraffe cactus
mountains: dragon person castle balloon train pine
space: astronaut rocket planet
city: umbrella umbrella robot car bicycle
beach: palm
river: bridge
lake: tent
still life: vase cup teapot bottle fruit lantern book guitar
abstract: heart diamond
"""
    )
)
COLOURS: MappingProxyType[str, Colour] = MappingProxyType(
    {
        name: colour(value)
        for name, value in _pairs(
            """
red=d8352a crimson=b3122f scarlet=e0301e ruby=c2183b burgundy=7a1f35 maroon=6e1a25 orange=f08326 amber=f2a51f gold=e8b64a
golden=e8b64a yellow=f4d03a lemon=f5e25a ochre=c8882c brown=7c5230 chocolate=5a3825 copper=c47a45 bronze=a87840 beige=d8c4a0
cream=f3e6c8 ivory=f5eedc green=4a9a4a lime=9ccc3a emerald=1f9d68 olive=7d8440 jade=3aa37a mint=98dcb8 sage=9aae8c teal=1f8c8c
turquoise=35bdb5 cyan=2fb8d8 aqua=4fc7d0 azure=3b8fe0 blue=2f62c8 navy=1c2f63 cobalt=1f4fae indigo=3a3490 ultramarine=2a39a8
purple=7a3fa8 violet=8350c8 lavender=b39ddb lilac=c3a2d8 magenta=c92a8c pink=f08cb0 rose=e8718f coral=f5786a salmon=f2927c
peach=f7b58e silver=b8bec6 grey=8a8f96 gray=8a8f96 black=1c1d22 white=f4f4f2 pastel=f2c6d0
"""
        ).items()
    }
)
STYLES = MappingProxyType(
    _table(
        """
photo: photograph photography photorealistic realistic cinematic photographic
watercolour: watercolor aquarelle gouache
oil: impasto impressionist impressionism painting monet gogh acrylic
ink: sumi sumi-e brush calligraphy
line: line_art lineart outline engraving etching drawing
pencil: sketch charcoal graphite
pixel: pixelart pixel_art 8bit 8-bit 16-bit retro_game
poster: flat minimalist minimal vector screenprint art_deco travel_poster illustration
mosaic: stained_glass low_poly lowpoly polygon
noir: monochrome black_and_white bw
vintage: sepia retro polaroid film
anime: ghibli manga cartoon animation
neon: cyberpunk synthwave vaporwave
woodcut: linocut ukiyo-e block_print
"""
    )
)
UNWANTED = MappingProxyType(
    _table(
        """
clouds: cloud cloudy
moon:
sun: sunlight
stars: star
people: person man woman human humans figure figures
trees: tree forest woods
snow: snowy snowfall snowflakes
rain: rainy
fog: mist haze foggy
lightning: thunder
birds: bird
water: sea lake river ocean
waves: wave
boats: boat ship
houses: house building buildings
mountains: mountain hills
flowers: flower
animals: animal
planets: planet
text: letters words watermark signature
grain: noise grainy
vignette: dark_corners border frame
blur: blurry
neon: signs
light rays: rays god_rays
windows: window
"""
    )
)
FOREIGN = MappingProxyType(
    _pairs(
        """
fuchs=fox zorro=fox renard=fox volpe=fox raposa=fox лиса=fox 狐=fox キツネ=fox 여우=fox ثعلب=fox قلعة=castle
замок=castle 城堡=castle castillo=castle château=castle schloss=castle katze=cat gato=cat chat=cat gatto=cat кот=cat
кошка=cat 猫=cat 고양이=cat قطة=cat hund=dog perro=dog chien=dog собака=dog 狗=dog 犬=dog 개=dog كلب=dog schnee=snow
nieve=snow neige=snow neve=snow снег=snow 雪=snow 눈=snow ثلج=snow meer=sea mar=sea mer=sea mare=sea море=sea 海=sea
바다=sea بحر=sea البحر=sea stadt=city ciudad=city ville=city città=city город=city 城=city 都市=city 街=city 도시=city
مدينة=city wald=forest bosque=forest forêt=forest foresta=forest лес=forest 森=forest 林=forest 숲=forest غابة=forest
berg=mountain berge=mountain montaña=mountain montagne=mountain гора=mountain горы=mountain 山=mountain 산=mountain
جبل=mountain جبال=mountain wüste=desert desierto=desert désert=desert пустыня=desert 沙漠=desert 사막=desert
صحراء=desert nacht=night noche=night nuit=night notte=night ночь=night 夜=night 밤=night ليل=night mond=moon luna=moon
lune=moon луна=moon 月=moon 달=moon قمر=moon sonne=sun regen=rain lluvia=rain pluie=rain дождь=rain 雨=rain 비=rain
مطر=rain sonnenuntergang=sunset atardecer=sunset закат=sunset 夕=sunset 日落=sunset 노을=sunset غروب=sunset boot=boat
barco=boat bateau=boat лодка=boat 船=boat 배=boat قارب=boat leuchtturm=lighthouse faro=lighthouse phare=lighthouse
маяк=lighthouse 灯塔=lighthouse 灯台=lighthouse haus=house casa=house maison=house дом=house 家=house 집=house
بيت=house blume=flower flor=flower fleur=flower цветок=flower 花=flower 꽃=flower زهرة=flower baum=tree árbol=tree
arbre=tree дерево=tree 木=tree 나무=tree شجرة=tree vogel=bird pájaro=bird oiseau=bird птица=bird 鳥=bird 鸟=bird
새=bird طائر=bird wal=whale ballena=whale baleine=whale кит=whale 鲸=whale クジラ=whale 고래=whale حوت=whale
drache=dragon dragón=dragon дракон=dragon 龙=dragon 竜=dragon 龍=dragon 용=dragon تنين=dragon rot=red rojo=red
rouge=red красный=red 红=red 赤=red أحمر=red blau=blue azul=blue bleu=blue синий=blue 蓝=blue 青=blue أزرق=blue
grün=green verde=green vert=green зелёный=green 绿=green 緑=green أخضر=green weltraum=space espacio=space espace=space
космос=space 宇宙=space 星=stars 우주=space فضاء=space 樱=sakura 桜=sakura 벚꽃=sakura 鱼=fish 魚=fish سمكة=fish
湖=lake 호수=lake بحيرة=lake 河=river 川=river 강=river نهر=river 竹=bamboo 秋=autumn 冬=winter 春=spring 夏=summer
云=clouds 雲=clouds 雾=fog 霧=fog 岛=island 島=island
        """
    )
)
