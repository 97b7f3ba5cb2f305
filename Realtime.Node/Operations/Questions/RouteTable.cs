namespace Realtime.Node.Operations.Questions;

/// <summary>All routes. Where two patterns fit a path, the one that stands first is meant.</summary>
internal sealed class RouteTable(IReadOnlyList<OperatorRoute> routes)
{
    public IReadOnlyList<OperatorRoute> All => routes;

    /// <returns>The route that operators may ask, and the values of its holes.</returns>
    public (OperatorRoute Route, IReadOnlyList<string> Arguments)? Find(string method, IReadOnlyList<string> path) =>
        Find(method, path, static route => route.Outside is not null);

    /// <returns>The route that other members may ask.</returns>
    public (OperatorRoute Route, IReadOnlyList<string> Arguments)? FindHere(string method, IReadOnlyList<string> path) =>
        Find(method, path, static route => route.Here is not null);

    private (OperatorRoute Route, IReadOnlyList<string> Arguments)? Find(string method, IReadOnlyList<string> path, Func<OperatorRoute, bool> isOpen)
    {
        foreach (var route in routes)
        {
            if (route.Method == method && isOpen(route) && route.Match(path) is { } arguments)
            {
                return (route, arguments);
            }
        }

        return null;
    }
}
