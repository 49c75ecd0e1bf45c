/*
 * object_counting.h - the things that the stories are about and the kind that each is, as both sides see them.
 *
 *	#define THING(kind, id, many, zh, measure) { id, KIND_##kind },
 *	static const struct { const char *id; int kind; } things[] = { OBJECT_THINGS(THING) };
 *
 * A thing stands here only if nobody could argue about its kind, and if its name covers no other thing of the list
 * (no "car" beside "taxi", no tomato, no whale). Each kind has at least seven. Order is part of the format: generators
 * draw by number.
 */
#ifndef QUARRY_VERIFIERS_OBJECT_COUNTING_H
#define QUARRY_VERIFIERS_OBJECT_COUNTING_H

#include <stdint.h>

/* X(id, English name of several, Chinese name) */
#define OBJECT_KINDS(X) \
	X(fruit, "fruits", "水果") \
	X(vegetable, "vegetables", "蔬菜") \
	X(animal, "animals", "动物") \
	X(vehicle, "vehicles", "车辆") \
	X(instrument, "musical instruments", "乐器") \
	X(furniture, "pieces of furniture", "家具") \
	X(clothing, "pieces of clothing", "衣服") \
	X(tool, "tools", "工具") \
	X(flower, "flowers", "花") \
	X(jewel, "pieces of jewellery", "首饰") \
	X(ball, "balls", "球") \
	X(book, "books", "书")

/* X(kind, id = English name of one with - for a blank, English name of several, Chinese name, Chinese measure word) */
#define OBJECT_THINGS(X) \
	X(fruit, "apple", "apples", "苹果", "个") \
	X(fruit, "banana", "bananas", "香蕉", "根") \
	X(fruit, "pear", "pears", "梨", "个") \
	X(fruit, "peach", "peaches", "桃子", "个") \
	X(fruit, "plum", "plums", "李子", "个") \
	X(fruit, "orange", "oranges", "橙子", "个") \
	X(fruit, "lemon", "lemons", "柠檬", "个") \
	X(fruit, "mango", "mangoes", "芒果", "个") \
	X(fruit, "pineapple", "pineapples", "菠萝", "个") \
	X(fruit, "apricot", "apricots", "杏子", "个") \
	X(fruit, "cherry", "cherries", "樱桃", "颗") \
	X(fruit, "strawberry", "strawberries", "草莓", "颗") \
	X(vegetable, "carrot", "carrots", "胡萝卜", "根") \
	X(vegetable, "potato", "potatoes", "土豆", "个") \
	X(vegetable, "onion", "onions", "洋葱", "个") \
	X(vegetable, "cabbage", "cabbages", "卷心菜", "棵") \
	X(vegetable, "lettuce", "lettuces", "生菜", "棵") \
	X(vegetable, "leek", "leeks", "韭葱", "根") \
	X(vegetable, "turnip", "turnips", "芜菁", "个") \
	X(animal, "dog", "dogs", "狗", "只") \
	X(animal, "cat", "cats", "猫", "只") \
	X(animal, "horse", "horses", "马", "匹") \
	X(animal, "cow", "cows", "奶牛", "头") \
	X(animal, "pig", "pigs", "猪", "头") \
	X(animal, "sheep", "sheep", "绵羊", "只") \
	X(animal, "goat", "goats", "山羊", "只") \
	X(animal, "rabbit", "rabbits", "兔子", "只") \
	X(animal, "duck", "ducks", "鸭子", "只") \
	X(animal, "goose", "geese", "鹅", "只") \
	X(animal, "donkey", "donkeys", "驴", "头") \
	X(animal, "parrot", "parrots", "鹦鹉", "只") \
	X(vehicle, "bus", "buses", "公交车", "辆") \
	X(vehicle, "truck", "trucks", "卡车", "辆") \
	X(vehicle, "bicycle", "bicycles", "自行车", "辆") \
	X(vehicle, "motorcycle", "motorcycles", "摩托车", "辆") \
	X(vehicle, "tractor", "tractors", "拖拉机", "辆") \
	X(vehicle, "taxi", "taxis", "出租车", "辆") \
	X(vehicle, "ambulance", "ambulances", "救护车", "辆") \
	X(vehicle, "tram", "trams", "有轨电车", "辆") \
	X(instrument, "violin", "violins", "小提琴", "把") \
	X(instrument, "cello", "cellos", "大提琴", "把") \
	X(instrument, "guitar", "guitars", "吉他", "把") \
	X(instrument, "piano", "pianos", "钢琴", "架") \
	X(instrument, "harp", "harps", "竖琴", "架") \
	X(instrument, "flute", "flutes", "长笛", "支") \
	X(instrument, "trumpet", "trumpets", "小号", "支") \
	X(instrument, "trombone", "trombones", "长号", "支") \
	X(instrument, "clarinet", "clarinets", "单簧管", "支") \
	X(instrument, "drum", "drums", "鼓", "面") \
	X(furniture, "chair", "chairs", "椅子", "把") \
	X(furniture, "table", "tables", "桌子", "张") \
	X(furniture, "sofa", "sofas", "沙发", "张") \
	X(furniture, "bed", "beds", "床", "张") \
	X(furniture, "bookcase", "bookcases", "书柜", "个") \
	X(furniture, "wardrobe", "wardrobes", "衣柜", "个") \
	X(furniture, "stool", "stools", "凳子", "个") \
	X(furniture, "cupboard", "cupboards", "橱柜", "个") \
	X(clothing, "shirt", "shirts", "衬衫", "件") \
	X(clothing, "skirt", "skirts", "短裙", "条") \
	X(clothing, "dress", "dresses", "连衣裙", "条") \
	X(clothing, "sweater", "sweaters", "毛衣", "件") \
	X(clothing, "jacket", "jackets", "夹克", "件") \
	X(clothing, "coat", "coats", "大衣", "件") \
	X(clothing, "vest", "vests", "背心", "件") \
	X(clothing, "swimsuit", "swimsuits", "泳衣", "件") \
	X(tool, "hammer", "hammers", "锤子", "把") \
	X(tool, "saw", "saws", "锯子", "把") \
	X(tool, "screwdriver", "screwdrivers", "螺丝刀", "把") \
	X(tool, "wrench", "wrenches", "扳手", "把") \
	X(tool, "chisel", "chisels", "凿子", "把") \
	X(tool, "shovel", "shovels", "铁锹", "把") \
	X(tool, "rake", "rakes", "耙子", "把") \
	X(flower, "rose", "roses", "玫瑰", "朵") \
	X(flower, "tulip", "tulips", "郁金香", "朵") \
	X(flower, "lily", "lilies", "百合", "朵") \
	X(flower, "daisy", "daisies", "雏菊", "朵") \
	X(flower, "sunflower", "sunflowers", "向日葵", "朵") \
	X(flower, "orchid", "orchids", "兰花", "朵") \
	X(flower, "carnation", "carnations", "康乃馨", "朵") \
	X(jewel, "ring", "rings", "戒指", "枚") \
	X(jewel, "necklace", "necklaces", "项链", "条") \
	X(jewel, "bracelet", "bracelets", "手链", "条") \
	X(jewel, "anklet", "anklets", "脚链", "条") \
	X(jewel, "earring", "earrings", "耳环", "只") \
	X(jewel, "brooch", "brooches", "胸针", "枚") \
	X(jewel, "tiara", "tiaras", "冠冕", "顶") \
	X(ball, "basketball", "basketballs", "篮球", "个") \
	X(ball, "volleyball", "volleyballs", "排球", "个") \
	X(ball, "baseball", "baseballs", "棒球", "个") \
	X(ball, "softball", "softballs", "垒球", "个") \
	X(ball, "tennis-ball", "tennis balls", "网球", "个") \
	X(ball, "golf-ball", "golf balls", "高尔夫球", "个") \
	X(ball, "bowling-ball", "bowling balls", "保龄球", "个") \
	X(book, "novel", "novels", "小说", "本") \
	X(book, "dictionary", "dictionaries", "词典", "本") \
	X(book, "atlas", "atlases", "地图册", "本") \
	X(book, "cookbook", "cookbooks", "食谱", "本") \
	X(book, "textbook", "textbooks", "课本", "本") \
	X(book, "biography", "biographies", "传记", "本") \
	X(book, "diary", "diaries", "日记", "本")

/* 16 bits of an id of n >= 3 bytes in which no two of the list are alike, so that one is found without comparing texts. */
#define OBJECT_KEY(id, n) (uint16_t)(((id)[0] & 31) | ((id)[1] & 31) << 5 | (((id)[2] + (int)(n)) & 63) << 10)

#define OBJECT_KIND(id, many, zh) KIND_##id,
enum object_kind { OBJECT_KINDS(OBJECT_KIND) KINDS };
#undef OBJECT_KIND

#endif
