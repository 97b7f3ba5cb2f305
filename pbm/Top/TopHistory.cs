using Realtime.Messages.Operators;

namespace Realtime.Pbm.Top;

/// <summary>What nodes said over the last looks: what the lines of a live picture are drawn from.</summary>
internal sealed class TopHistory
{
    private const int Kept = 120;

    private readonly Dictionary<(string Node, TopFigure Figure), List<double>> _values = [];

    public void Add(ClusterStatus cluster)
    {
        foreach (var node in cluster.Nodes)
        {
            foreach (var figure in Enum.GetValues<TopFigure>())
            {
                Add((node.Name, figure), Of(node, figure) ?? 0);
            }
        }

        foreach (var gone in _values.Keys.Where(key => cluster.Nodes.All(node => node.Name != key.Node)).ToList())
        {
            _values.Remove(gone);
        }
    }

    public IReadOnlyList<double> ValuesOf(string node, TopFigure figure) => _values.TryGetValue((node, figure), out var values) ? values : [];

    /// <summary>The most any node had, so that nodes can be compared.</summary>
    public double Most(TopFigure figure) => _values.Where(entry => entry.Key.Figure == figure).SelectMany(entry => entry.Value).DefaultIfEmpty(0).Max();

    /// <summary>Null: the node did not answer, or nothing happened that could be measured.</summary>
    public static double? Of(NodeStatus node, TopFigure figure) => figure switch
    {
        TopFigure.Connections => node.Connections,
        TopFigure.Publishes => node.Live?.Rates.Publishes,
        TopFigure.Deliveries => node.Live?.Rates.Deliveries,
        TopFigure.Lag => node.Live?.Rates.Behind,
        TopFigure.P99 => node.Live?.Rates.PublishP99Ms,
        TopFigure.Errors => node.Live is { } live ? live.Rates.Errors + live.Rates.Refused : null,
        _ => throw new InvalidOperationException($"no node has {figure}"),
    };

    private void Add((string, TopFigure) key, double value)
    {
        if (!_values.TryGetValue(key, out var values))
        {
            _values.Add(key, values = []);
        }

        values.Add(value);
        if (values.Count > Kept)
        {
            values.RemoveAt(0);
        }
    }
}
