using Realtime.Node.Operations.Listener;
using Handler = System.Func<Realtime.Node.Operations.Questions.OperatorQuestion, System.Threading.CancellationToken, System.Threading.Tasks.Task<Realtime.Node.Operations.Listener.OperatorReply>>;

namespace Realtime.Node.Operations.Questions;

/// <summary>One line of the API: what is asked, what right it needs, who answers.</summary>
/// <param name="Pattern">Below <c>/operator/v1</c>; <c>{…}</c> is a hole for one part of the path.</param>
/// <param name="Outside">Answers an operator; null: only members of the cluster ask it.</param>
/// <param name="Here">Answers another member, for this one alone; null: none asks.</param>
internal sealed record OperatorRoute(string Method, string Pattern, OperatorRight Right, Handler? Outside, Handler? Here)
{
    private readonly string[] _parts = Pattern.Split('/');

    /// <summary>What it is called in the audit, such as <c>node.leave</c>; null: nothing is done, and nothing of the application's is shown.</summary>
    public string? Action { get; init; }

    /// <summary>Whether the audit may show what was sent: it is the operator's, and not the application's.</summary>
    public bool ShowsBody { get; init; } = true;

    /// <summary>What it does is done to its end, although the caller may have left.</summary>
    public bool IsAction => Action is not null;

    /// <returns>The values of the holes; null: another route's path.</returns>
    public IReadOnlyList<string>? Match(IReadOnlyList<string> path)
    {
        if (path.Count != _parts.Length)
        {
            return null;
        }

        var arguments = new List<string>();
        for (var i = 0; i < _parts.Length; i++)
        {
            if (_parts[i].StartsWith('{'))
            {
                arguments.Add(path[i]);
            }
            else if (_parts[i] != path[i])
            {
                return null;
            }
        }

        return arguments;
    }
}
