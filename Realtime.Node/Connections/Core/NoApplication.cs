using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>For a node whose application has no code in it.</summary>
internal sealed class NoApplication : IApplication
{
    public static NoApplication Instance { get; } = new();

    public bool DecidesConnects => false;

    public bool DecidesSubscribe(ChannelName channel) => false;

    public bool DecidesPublish(ChannelName channel) => false;

    public bool Handles(string method) => false;

    public ValueTask<Verdict> AskAsync(Question question) => ValueTask.FromResult<Verdict>(new Verdict.Refused(ErrorCode.NotFound, "there is no application to ask"));
}
