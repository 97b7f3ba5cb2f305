using Realtime.Messages.Ids;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Webhooks.Decisions;

/// <summary>Two parts of the application's code. What the first one has a handler for it decides alone: the same thing is never decided twice.</summary>
internal sealed class ApplicationChain(IApplication first, IApplication then) : IApplication
{
    public bool DecidesConnects => first.DecidesConnects || then.DecidesConnects;

    public bool DecidesSubscribe(ChannelName channel) => first.DecidesSubscribe(channel) || then.DecidesSubscribe(channel);

    public bool DecidesPublish(ChannelName channel) => first.DecidesPublish(channel) || then.DecidesPublish(channel);

    public bool Handles(string method) => first.Handles(method) || then.Handles(method);

    public ValueTask<Verdict> AskAsync(Question question) => Takes(first, question) ? first.AskAsync(question) : then.AskAsync(question);

    private static bool Takes(IApplication application, Question question) => question switch
    {
        Question.Connect => application.DecidesConnects,
        Question.Subscribe subscribe => application.DecidesSubscribe(subscribe.Channel),
        Question.Publish publish => application.DecidesPublish(publish.Channel),
        Question.Call call => application.Handles(call.Method),
        _ => throw new ArgumentOutOfRangeException(nameof(question), question, "is not asked"),
    };
}
