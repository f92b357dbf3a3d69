"""Animals that stand on the ground."""

from adapters.providers.sketch.shapes import Figure, Part

FOX = Figure(
    main="coat",
    tones={
        "coat": "#d9702c",
        "coat dark": "#b4521d",
        "coat pale": "#e88a43",
        "white": "#f6efe4",
        "cream": "#ead9c3",
        "sock": "#2f211d",
        "ear": "#3a2722",
        "eye": "#d9952f",
        "dark": "#17100e",
    },
    size=0.56,
    wide=1.1,
    parts=(
        # tail
        Part(outline="62,96 72,97 86,92 96,81 99,67 94,55 87,48! 85,58 83,67 77,77 68,84", tone="coat", fur=4.2, flow=(0.6, -0.9), round=7),
        Part(outline="98,69 97,62 94,55 87,47! 85,57 84.5,65 88,64 91,68 94,66", tone="white", fur=3.6, flow=(-0.3, -1), round=6),
        # body and haunch
        Part(
            outline="37,42 32,54 29,68 30,82 33,95 44,97 58,97 70,96 75,88 74,76 68,63 60,52 56,42",
            tone="coat",
            fur=2.8,
            flow=(0.12, 1),
            round=9,
        ),
        Part(outline="58,72 66,68 73,75 76,86 71,96 60,97 55,90 55,80", tone="coat", fur=2.6, flow=(0.25, 1), round=8),
        # chest
        Part(outline="36,44 46,42 57,44 56,56 52,67 47,76! 41,67 36,56", tone="white", fur=3.6, flow=(0, 1), round=7),
        # legs
        Part(outline="36,66 42,66 45,74 44.5,88 45,96 42,98.5 36,98.5 34.5,96 36,86 35,76", tone="coat", fur=1.6, flow=(0, 1), round=4),
        Part(outline="48,66 54,65 57,74 56,88 57,96 54.5,98.5 48.5,98.5 46.5,96 48,86 47,76", tone="coat", fur=1.6, flow=(0, 1), round=4),
        Part(outline="35.6,80 40,83 44.6,80 44.6,90 45.2,96 42,98.7 36,98.7 34.3,96 35.6,89", tone="sock", fur=1.2, flow=(0, 1), round=3),
        Part(
            outline="47.6,80 52,83 56.4,80 56.4,90 57.2,96 54.5,98.7 48.5,98.7 46.2,96 47.6,89", tone="sock", fur=1.2, flow=(0, 1), round=3
        ),
        Part(outline="60,94 66,93 72,94.5 73,97.5 66,99 59,98.6 57.5,96.5", tone="sock", fur=1.0, flow=(-1, 0.2), round=3),
        # ears
        Part(outline="31.5,25! 28.5,12 29.6,1.5! 37,7 43,16.5!", tone="coat", fur=1.6, flow=(-0.1, -1), round=3),
        Part(outline="60.5,25! 63.5,12 62.4,1.5! 55,7 49,16.5!", tone="coat", fur=1.6, flow=(0.1, -1), round=3),
        Part(outline="29,9 29.6,1.2! 33.4,4.2 31.2,8", tone="ear", fur=1.1, flow=(0, -1), round=1.5),
        Part(outline="63,9 62.4,1.2! 58.6,4.2 60.8,8", tone="ear", fur=1.1, flow=(0, -1), round=1.5),
        Part(outline="33.5,21! 30.9,12 31.4,6.5! 35.6,10.5 38.6,17!", tone="cream", fur=1.8, flow=(-0.1, -1), round=2),
        Part(outline="58.5,21! 61.1,12 60.6,6.5! 56.4,10.5 53.4,17!", tone="cream", fur=1.8, flow=(0.1, -1), round=2),
        # head
        Part(
            outline="46,14.2 38,16 32,22 29,30 25.2,37.5! 30,40.5 35.5,43 41,48.5 46,52 51,48.5 56.5,43 62,40.5 66.8,37.5! 63,30 60,22 54,16",
            tone="coat",
            fur=2.0,
            fan=(46, 34),
            round=8,
        ),
        # cheeks and muzzle
        Part(
            outline="25,37.3! 30.5,34.6 36,37.2 40,41.5 43,40 44.6,46 46,52 41,48.8 35.5,43.6 30,41",
            tone="white",
            fur=2.2,
            fan=(47, 33),
            round=5,
        ),
        Part(
            outline="67,37.3! 61.5,34.6 56,37.2 52,41.5 49,40 47.4,46 46,52 51,48.8 56.5,43.6 62,41",
            tone="white",
            fur=2.2,
            fan=(45, 33),
            round=5,
        ),
        Part(
            outline="42.2,41.5 46,39.6 49.8,41.5 51,46.5 49.4,50.4 46,52.6 42.6,50.4 41,46.5", tone="white", fur=0.9, flow=(0, 1), round=4
        ),
        Part(outline="43.4,30 48.6,30 49.2,38 48.3,45 46,46.2 43.7,45 42.8,38", tone="coat pale", fur=1.2, flow=(0, 1), round=3, soft=0.5),
        # brows
        Part(outline="36.6,27.6 40.6,28 42,30.2 38.8,29.8", tone="coat pale", fur=0.9, flow=(-0.4, -0.6), round=1, soft=0.5),
        Part(outline="55.4,27.6 51.4,28 50,30.2 53.2,29.8", tone="coat pale", fur=0.9, flow=(0.4, -0.6), round=1, soft=0.5),
        # eyes
        Part(outline="35.4,31.4! 38.2,30.2 41.6,32 43.1,35.3! 39.8,35.3 37,34", tone="dark", round=0),
        Part(outline="56.6,31.4! 53.8,30.2 50.4,32 48.9,35.3! 52.2,35.3 55,34", tone="dark", round=0),
        Part(outline="37.2,32.4 39,31 41,32.2 41.4,34 39.6,34.9 37.9,34.2", tone="eye", round=1, lit=0.35),
        Part(outline="54.8,32.4 53,31 51,32.2 50.6,34 52.4,34.9 54.1,34.2", tone="eye", round=1, lit=0.35),
        Part(outline="39.4,31.4 40.3,33 39.5,34.7 38.7,33", tone="dark", round=0),
        Part(outline="52.6,31.4 53.3,33 52.5,34.7 51.7,33", tone="dark", round=0),
        Part(outline="38.3,31.9 39,31.6 39.2,32.3 38.6,32.6", tone="#ffffff", round=0, lit=0.9),
        Part(outline="51.5,31.9 52.2,31.6 52.4,32.3 51.8,32.6", tone="#ffffff", round=0, lit=0.9),
        # nose and mouth
        Part(outline="43.3,45.3 46,44.5 48.7,45.3 48.4,47.4 46,49.2 43.6,47.4", tone="dark", round=1.6),
        Part(outline="44.2,45.7 45.6,45.2 45.9,45.9 44.7,46.3", tone="#8d8a90", round=0, soft=0.2),
        Part(outline="45.8,49 46.2,49 46.3,50.6 49,51.4 46,51.3 43,51.4 45.7,50.6", tone="dark", round=0, alpha=0.75),
    ),
)
