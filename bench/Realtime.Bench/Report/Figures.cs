namespace Realtime.Bench.Report;

/// <summary>The measured values of one run or of all, by figure, in the order in which the figures first appeared.</summary>
internal sealed class Figures
{
    private readonly List<Figure> _figures = [];
    private readonly List<string> _notes = [];
    private readonly List<string> _conditions = [];

    public IReadOnlyList<Figure> All => _figures;

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>What the figures were measured under beyond what is always printed; the same in every run, and printed once.</summary>
    public IReadOnlyList<string> Conditions => _conditions;

    public void Under(string condition)
    {
        if (!_conditions.Contains(condition))
            _conditions.Add(condition);
    }

    /// <summary>Everything that one run has brought.</summary>
    public void Add(Figures run)
    {
        foreach (var figure in run._figures)
            Find(figure.Name, figure.Unit, figure.Goal).Values.AddRange(figure.Values);
        foreach (var condition in run._conditions)
            Under(condition);
        _notes.AddRange(run._notes);
    }

    public void Add(string name, string unit, double value, string goal = "")
    {
        Find(name, unit, goal).Values.Add(value);
        Console.Error.WriteLine($"    {name}: {Figure.Format(value)} {unit}");
    }

    /// <summary>Cores in use while something was measured: not a figure to compare, but what tells whether to believe one.</summary>
    public void Note(string about, string cores)
    {
        _notes.Add($"{about}: {cores}");
        Console.Error.WriteLine($"    {about}: cores used: {cores}");
    }

    /// <summary>What helps to understand a run, and is no figure.</summary>
    public void Tell(string about, string what)
    {
        _notes.Add($"{about}: {what}");
        Console.Error.WriteLine($"    {about}: {what}");
    }

    private Figure Find(string name, string unit, string goal)
    {
        var figure = _figures.Find(known => known.Name == name);
        if (figure is null)
            _figures.Add(figure = new Figure(name, unit, goal));
        return figure;
    }
}
