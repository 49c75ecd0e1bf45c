"""Object counting: read are who has what, who buys, sells and gives what, and whose things of which sort are counted. Which thing is of which
sort everybody knows; the table below holds it."""

import re

SORTS = {  # the question's word for a sort, in English and Chinese, and its things
    'vegetables 蔬菜': 'cabbage carrot leek lettuce onion potato turnip 卷心菜 胡萝卜 韭葱 生菜 洋葱 土豆 芜菁',
    'books 书': 'atlas biography cookbook diary dictionary novel textbook 地图册 传记 食谱 日记 词典 小说 课本',
    'animals 动物': 'cat cow dog donkey duck goat goose geese horse parrot pig rabbit sheep 猫 奶牛 狗 驴 鸭子 山羊 鹅 马 鹦鹉 猪 兔子 绵羊',
    'flowers 花': 'carnation daisy lily orchid rose sunflower tulip 康乃馨 雏菊 百合 兰花 玫瑰 向日葵 郁金香',
    'vehicles 车辆': 'ambulance bicycle bus motorcycle taxi tractor tram truck 救护车 自行车 公交车 摩托车 出租车 拖拉机 有轨电车 卡车',
    'pieces of jewellery 首饰': 'anklet bracelet brooch earring necklace ring tiara 脚链 手链 胸针 耳环 项链 戒指 冠冕',
    'fruits 水果': 'apple apricot banana cherry lemon mango orange peach pear pineapple plum strawberry '
                   '苹果 杏子 香蕉 樱桃 柠檬 芒果 橙子 桃子 梨 菠萝 李子 草莓',
    'tools 工具': 'chisel hammer rake saw screwdriver shovel wrench 凿子 锤子 耙子 锯子 螺丝刀 铁锹 扳手',
    'musical instruments 乐器': 'cello clarinet drum flute guitar harp piano trombone trumpet violin 大提琴 单簧管 鼓 长笛 吉他 竖琴 钢琴 长号 小号 小提琴',
    'pieces of clothing 衣服': 'coat dress jacket shirt skirt sweater swimsuit vest 大衣 连衣裙 夹克 衬衫 短裙 毛衣 泳衣 背心',
    'pieces of furniture 家具': 'bed bookcase chair cupboard sofa stool table wardrobe 床 书柜 椅子 橱柜 沙发 凳子 桌子 衣柜',
    'balls 球': 'baseball basketball bowling_ball golf_ball softball tennis_ball volleyball 棒球 篮球 保龄球 高尔夫球 垒球 网球 排球',
}
NAME = r'([A-Z][a-z]*|小.|我)'
EVENTS = [  # a sentence's form, and the sign with which its first and its second person's things change
    (NAME + r'(?: has| have|:|有|：) ?(\d.*)', (1,)),
    (NAME + r'(?: buys?|买了) ?(\d.*)', (1,)),
    (NAME + r'(?: sells?|卖掉了) ?(\d.*)', (-1,)),
    (NAME + r' gives? ([A-Z][a-z]*|me) (\d.*)', (-1, 1)),
    (NAME + r'给了' + NAME + r'(\d.*)', (-1, 1)),
]


def sort_of(thing):
    stems = {thing, thing[:-1], re.sub('es$', '', thing), re.sub('ies$', 'y', thing)}
    return next(sort for sort, words in SORTS.items() if stems & set(words.split()))


def counted(text):
    """(sort, number) of each of '3 golf balls, 1 rose and 2 cats' or '3个高尔夫球、1朵玫瑰和2只猫'."""
    for part in re.split(r', | and |、|和', text):
        n, thing = re.fullmatch(r'(\d+)(?: |[^ ])(.+)', part).groups()
        yield sort_of(thing.replace(' ', '_')), int(n)


def total(prompt):
    who, what = None, None
    asked = re.search(r'How many (.+?) do(?:es)? (\w+) have|(小.|我)的(\S+?)总数', prompt)
    what, who = (asked[1], asked[2]) if asked[1] else (asked[4], asked[3])
    sort = next(s for s in SORTS if what in s.split(' ')[-1:] or s.startswith(what))
    sum_ = 0
    for line in re.split(r'\n|[.。] ?', prompt):
        line = line.removeprefix('- ')
        for form, signs in EVENTS:
            found = re.fullmatch(form, line)
            if found:
                *people, things = found.groups()
                for person, sign in zip(people, signs):
                    if person == who or (person, who) == ('me', 'I'):
                        sum_ += sign * sum(n for s, n in counted(things) if s == sort)
                break
        else:
            assert not re.search(r'\d', re.sub(r'^\d+$', '', line)), line
    return sum_


def check(prompt, answer):
    return bool(re.fullmatch(r'\d+', answer.strip())) and int(answer) == total(prompt)
