/* zebra_puzzle_words.c - themes and their values; our own choice, CC0. See zebra_puzzle.h. */
#include "verifiers/zebra_puzzle.h"

/* clang-format off */
const struct zebra_theme zebra_themes[ZEBRA_THEMES] = {
	{ { { "name", "姓名" } }, {
		{ { "Alma", "安琪" } }, { { "Boris", "博文" } }, { { "Clara", "晨曦" } }, { { "Derek", "大卫" } },
		{ { "Elsa", "恩雅" } }, { { "Felix", "方舟" } }, { { "Greta", "歌莉" } }, { { "Henry", "浩然" } },
		{ { "Irene", "依琳" } }, { { "Jonas", "俊杰" } }, { { "Karen", "可欣" } }, { { "Louis", "立新" } } } },
	{ { { "colour", "颜色" } }, {
		{ { "red", "红色" } }, { { "blue", "蓝色" } }, { { "green", "绿色" } }, { { "yellow", "黄色" } },
		{ { "white", "白色" } }, { { "black", "黑色" } }, { { "purple", "紫色" } }, { { "orange", "橙色" } },
		{ { "pink", "粉色" } }, { { "golden", "金色" } }, { { "brown", "棕色" } }, { { "silver", "银色" } } } },
	{ { { "drink", "饮料" } }, {
		{ { "tea", "绿茶" } }, { { "coffee", "咖啡" } }, { { "milk", "牛奶" } }, { { "water", "矿泉水" } },
		{ { "juice", "果汁" } }, { { "beer", "啤酒" } }, { { "wine", "葡萄酒" } }, { { "cola", "可乐" } },
		{ { "cocoa", "可可" } }, { { "lemonade", "柠檬水" } }, { { "cider", "苹果酒" } }, { { "yogurt", "酸奶" } } } },
	{ { { "pet", "宠物" } }, {
		{ { "cat", "猫" } }, { { "dog", "狗" } }, { { "horse", "马" } }, { { "fish", "金鱼" } },
		{ { "goat", "山羊" } }, { { "rabbit", "兔子" } }, { { "turtle", "乌龟" } }, { { "hamster", "仓鼠" } },
		{ { "snake", "蛇" } }, { { "parrot", "鹦鹉" } }, { { "lizard", "蜥蜴" } }, { { "ferret", "雪貂" } } } },
	{ { { "job", "职业" } }, {
		{ { "teacher", "教师" } }, { { "doctor", "医生" } }, { { "baker", "面包师" } }, { { "painter", "画家" } },
		{ { "farmer", "农民" } }, { { "pilot", "飞行员" } }, { { "lawyer", "律师" } }, { { "nurse", "护士" } },
		{ { "cook", "厨师" } }, { { "writer", "作家" } }, { { "sailor", "水手" } }, { { "tailor", "裁缝" } } } },
	{ { { "sport", "运动" } }, {
		{ { "tennis", "网球" } }, { { "golf", "高尔夫" } }, { { "football", "足球" } }, { { "hockey", "曲棍球" } },
		{ { "rugby", "橄榄球" } }, { { "cricket", "板球" } }, { { "volleyball", "排球" } }, { { "badminton", "羽毛球" } },
		{ { "baseball", "棒球" } }, { { "basketball", "篮球" } }, { { "squash", "壁球" } }, { { "handball", "手球" } } } },
	{ { { "fruit", "水果" } }, {
		{ { "apple", "苹果" } }, { { "pear", "梨" } }, { { "plum", "李子" } }, { { "cherry", "樱桃" } },
		{ { "mango", "芒果" } }, { { "banana", "香蕉" } }, { { "peach", "桃子" } }, { { "grape", "葡萄" } },
		{ { "melon", "甜瓜" } }, { { "lemon", "柠檬" } }, { { "kiwi", "猕猴桃" } }, { { "fig", "无花果" } } } },
	{ { { "instrument", "乐器" } }, {
		{ { "piano", "钢琴" } }, { { "violin", "小提琴" } }, { { "guitar", "吉他" } }, { { "flute", "长笛" } },
		{ { "drum", "鼓" } }, { { "harp", "竖琴" } }, { { "cello", "大提琴" } }, { { "trumpet", "小号" } },
		{ { "oboe", "双簧管" } }, { { "clarinet", "单簧管" } }, { { "banjo", "班卓琴" } }, { { "tuba", "大号" } } } },
	{ { { "flower", "花卉" } }, {
		{ { "rose", "玫瑰" } }, { { "tulip", "郁金香" } }, { { "lily", "百合" } }, { { "daisy", "雏菊" } },
		{ { "orchid", "兰花" } }, { { "iris", "鸢尾" } }, { { "violet", "紫罗兰" } }, { { "lotus", "荷花" } },
		{ { "jasmine", "茉莉" } }, { { "peony", "牡丹" } }, { { "dahlia", "大丽花" } }, { { "lavender", "薰衣草" } } } },
	{ { { "music", "音乐" } }, {
		{ { "jazz", "爵士乐" } }, { { "rock", "摇滚乐" } }, { { "opera", "歌剧" } }, { { "folk", "民谣" } },
		{ { "blues", "蓝调" } }, { { "pop", "流行乐" } }, { { "soul", "灵魂乐" } }, { { "reggae", "雷鬼乐" } },
		{ { "techno", "电子乐" } }, { { "disco", "迪斯科" } }, { { "punk", "朋克" } }, { { "swing", "摇摆乐" } } } },
	{ { { "subject", "学科" } }, {
		{ { "physics", "物理" } }, { { "history", "历史" } }, { { "biology", "生物" } }, { { "geometry", "几何" } },
		{ { "chemistry", "化学" } }, { { "geography", "地理" } }, { { "algebra", "代数" } }, { { "astronomy", "天文" } },
		{ { "economics", "经济" } }, { { "law", "法律" } }, { { "philosophy", "哲学" } }, { { "medicine", "医学" } } } },
	{ { { "country", "国家" } }, {
		{ { "Peru", "秘鲁" } }, { { "Japan", "日本" } }, { { "Kenya", "肯尼亚" } }, { { "Norway", "挪威" } },
		{ { "Brazil", "巴西" } }, { { "Egypt", "埃及" } }, { { "Canada", "加拿大" } }, { { "India", "印度" } },
		{ { "Spain", "西班牙" } }, { { "Chile", "智利" } }, { { "Greece", "希腊" } }, { { "Cuba", "古巴" } } } },
	{ { { "vehicle", "车船" } }, {
		{ { "bicycle", "自行车" } }, { { "motorcycle", "摩托车" } }, { { "car", "轿车" } }, { { "van", "面包车" } },
		{ { "truck", "卡车" } }, { { "boat", "小船" } }, { { "canoe", "独木舟" } }, { { "scooter", "滑板车" } },
		{ { "sled", "雪橇" } }, { { "tractor", "拖拉机" } }, { { "yacht", "游艇" } }, { { "balloon", "热气球" } } } },
	{ { { "hobby", "爱好" } }, {
		{ { "chess", "象棋" } }, { { "knitting", "编织" } }, { { "fishing", "钓鱼" } }, { { "cooking", "烹饪" } },
		{ { "dancing", "跳舞" } }, { { "gardening", "园艺" } }, { { "hiking", "徒步" } }, { { "origami", "折纸" } },
		{ { "pottery", "陶艺" } }, { { "reading", "阅读" } }, { { "juggling", "杂耍" } }, { { "photography", "摄影" } } } },
};
/* clang-format on */
