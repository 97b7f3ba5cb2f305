using Realtime.Messages.Ids;

namespace Realtime.Node.Cluster.Core;

/// <summary>
/// Who has to go so that all that stay can reach each other: as few nodes as possible, so the larger side stays; of two equal choices the one that keeps the older node. Lighthouses go
/// before any node, because they hold nothing.
/// </summary>
internal static class Sides
{
    /// <summary>Enough to look at every choice that differs in a cluster of dozens; a coarse one stands when it is not.</summary>
    private const int Steps = 20_000;

    /// <param name="isLighthouse">Of those in <paramref name="broken"/>.</param>
    /// <param name="broken">Pairs that cannot reach each other.</param>
    public static IReadOnlyList<Incarnation> Losers(Func<Incarnation, bool> isLighthouse, IReadOnlyCollection<(Incarnation One, Incarnation Other)> broken)
    {
        var lighthouses = broken.Where(pair => isLighthouse(pair.One) != isLighthouse(pair.Other)).Select(pair => isLighthouse(pair.One) ? pair.One : pair.Other).ToHashSet();
        var left = broken.Where(pair => !lighthouses.Contains(pair.One) && !lighthouses.Contains(pair.Other)).ToList();
        var search = new Search();
        search.Look(left, []);
        return [.. lighthouses.Concat(search.Best).Order()];
    }

    private sealed class Search
    {
        private int _steps;
        private List<Incarnation>? _best;

        public IReadOnlyList<Incarnation> Best => _best ?? [];

        /// <summary>Either the node with the most broken pairs goes, or all that it cannot reach.</summary>
        public void Look(List<(Incarnation One, Incarnation Other)> broken, List<Incarnation> gone)
        {
            if ((_best is not null && (gone.Count > _best.Count || ++_steps > Steps)) || broken.Count == 0)
            {
                if (broken.Count == 0 && (_best is null || IsBetter(gone, _best)))
                {
                    _best = gone;
                }

                return;
            }

            var worst = broken.SelectMany(pair => (Incarnation[])[pair.One, pair.Other]).GroupBy(node => node)
                .OrderByDescending(pairs => pairs.Count()).ThenByDescending(pairs => pairs.Key).First().Key;
            Without([worst]);
            Without([.. broken.Where(pair => pair.One == worst || pair.Other == worst).Select(pair => pair.One == worst ? pair.Other : pair.One).Distinct()]);

            void Without(List<Incarnation> nodes) =>
                Look(broken.FindAll(pair => !nodes.Contains(pair.One) && !nodes.Contains(pair.Other)), [.. gone, .. nodes]);
        }

        /// <summary>Fewer go; or the oldest of those in whom they differ stays.</summary>
        private static bool IsBetter(List<Incarnation> gone, List<Incarnation> best) => gone.Count != best.Count
            ? gone.Count < best.Count
            : gone.Except(best).Concat(best.Except(gone)).Order().FirstOrDefault() is { IsNone: false } oldest && best.Contains(oldest);
    }
}
