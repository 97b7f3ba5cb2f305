namespace Realtime.Node.Operations.Questions;

/// <summary>All routes. Where two patterns fit a path, the one that stands first is meant.</summary>
internal sealed class RouteTable(IReadOnlyList<OperatorRoute> routes)
{
    public IReadOnlyList<OperatorRoute> All => routes;

    /// <returns>The route, and the values of its holes.</returns>
    public (OperatorRoute Route, IReadOnlyList<string> Arguments)? Find(string method, IReadOnlyList<string> path)
    {
        foreach (var route in routes)
        {
            if (route.Method == method && route.Match(path) is { } arguments)
            {
                return (route, arguments);
            }
        }

        return null;
    }
}
