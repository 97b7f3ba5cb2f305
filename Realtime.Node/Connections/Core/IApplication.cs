using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>What the application takes part in. Where it does not, nothing is asked and nothing costs anything.</summary>
internal interface IApplication
{
    bool DecidesConnects { get; }

    bool DecidesSubscribe(ChannelName channel);

    bool DecidesPublish(ChannelName channel);

    bool Handles(string method);

    /// <summary>Never throws and always ends: what goes wrong in the application is a refusal.</summary>
    ValueTask<Verdict> AskAsync(Question question);
}
