namespace Realtime.Bench.Report;

/// <summary>The figures of two nodes, measured alternately, and how many runs of each failed.</summary>
internal sealed class Comparison
{
    public Figures Own { get; } = new();

    public Figures Other { get; } = new();

    public int OwnFailures { get; private set; }

    public int OtherFailures { get; private set; }

    /// <summary>Figures by name, in the order in which they appeared; one that only one node has stands alone.</summary>
    public IEnumerable<(Figure? Own, Figure? Other)> Pairs => Own.All.Concat(Other.All).Select(figure => figure.Name).Distinct()
        .Select(name => (Find(Own, name), Find(Other, name)));

    public void Failed(bool isOther)
    {
        if (isOther)
            OtherFailures++;
        else
            OwnFailures++;
    }

    private static Figure? Find(Figures figures, string name) => figures.All.FirstOrDefault(figure => figure.Name == name);
}
