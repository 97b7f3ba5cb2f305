using System.CommandLine;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Verbs;

/// <summary>What a verb has while it runs.</summary>
internal sealed class VerbContext(ParseResult parsed, Surroundings around, Screen screen, OperatorApi api, TimeSpan? timeout)
{
    public Surroundings Around => around;

    public Screen Screen => screen;

    public OperatorApi Api => api;

    /// <summary>What <c>--timeout</c> says; null: nothing.</summary>
    public TimeSpan? Timeout => timeout;

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    public T? Find<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>A duration somebody wrote; null when nobody did.</summary>
    public TimeSpan? Duration(Option<string?> option) => parsed.GetValue(option) is not { } text
        ? null
        : Durations.TryParse(text, out var duration) ? duration : throw CallFailedException.Usage($"{option.Name} '{text}' is not a duration such as 500ms, 10s or 5m.", option.Name.TrimStart('-'));

    /// <summary>A duration the API takes in whole seconds.</summary>
    public int? Seconds(Option<string?> option) => Duration(option) is not { } duration
        ? null
        : duration.TotalSeconds is >= 1 and <= 86_400
            ? (int)Math.Round(duration.TotalSeconds)
            : throw CallFailedException.Usage($"{option.Name} must be between 1s and 1d.", option.Name.TrimStart('-'));

    public async Task<ClusterStatus> ClusterAsync(CancellationToken stop) => (await api.GetAsync<ClusterStatus>("cluster", stop).ConfigureAwait(false)).Value;

    /// <summary>The node somebody named, or the one that answers.</summary>
    public async Task<string> NodeAsync(string? named, CancellationToken stop)
    {
        if (named is not null)
        {
            return named;
        }

        var cluster = await ClusterAsync(stop).ConfigureAwait(false);
        return Shared.IsLighthouse(cluster)
            ? throw CallFailedException.Usage($"A lighthouse answers, which is no node: name one. Nodes: {string.Join(", ", cluster.Nodes.Select(node => node.Name))}.", "node")
            : cluster.Node;
    }

    /// <summary>Shards on their way.</summary>
    public async Task<IReadOnlyList<ShardMove>> MovesAsync(CancellationToken stop) =>
        (await api.GetAsync<IReadOnlyList<ShardMove>>("shards/moves", stop).ConfigureAwait(false)).Value;

    /// <summary>Whether to go on with what cannot be taken back.</summary>
    /// <param name="what">As a question.</param>
    /// <param name="yes">Asked on the command line already.</param>
    public async Task ConfirmAsync(string what, bool yes, CancellationToken stop)
    {
        if (yes)
        {
            return;
        }

        if (!around.InputIsTerminal)
        {
            throw CallFailedException.Usage($"{what} There is no terminal to ask at: say --yes.", "yes");
        }

        await around.Error.WriteAsync($"{Words.Clean(what)} [y/N] ").ConfigureAwait(false);
        await around.Error.FlushAsync(stop).ConfigureAwait(false);

        // The read itself cannot be cancelled on a terminal; Ctrl+C must end the wait all the same.
        var answer = await Task.Run(around.Input.ReadLine, stop).WaitAsync(stop).ConfigureAwait(false);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw CallFailedException.Usage("Not confirmed: nothing was done.");
        }
    }

    /// <summary>Tells what was answered: scripts as it came, people as it is drawn.</summary>
    public int Tell<T>(ApiAnswer<T> answer, Action<T> draw)
    {
        if (screen.Json)
        {
            screen.Document(answer.Json);
        }
        else
        {
            draw(answer.Value);
        }

        return PbmExitCodes.Done;
    }

    /// <summary>Says what became of an action.</summary>
    public int Report(ApiAnswer<ActionResult> answer)
    {
        Tell(answer, Draw);
        return CodeOf(answer.Value);
    }

    /// <summary>Done in part is not done.</summary>
    public static int CodeOf(ActionResult result) => result.Nodes.All(node => node.Ok) ? PbmExitCodes.Done : PbmExitCodes.Unfinished;

    private void Draw(ActionResult result)
    {
        screen.Line(result.Text, result.Nodes.All(node => node.Ok) ? Tone.Good : Tone.Bad);
        foreach (var node in result.Nodes.Where(node => !node.Ok || node.Text is not null))
        {
            screen.Line(new Cell($"  {node.Node}:", node.Ok ? Tone.Good : Tone.Bad), node.Text ?? "failed");
        }
    }
}
