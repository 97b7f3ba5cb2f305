using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>What the application takes part in. Where it does not, nothing is asked and nothing costs anything.</summary>
internal interface IApplicationInterest
{
    bool DecidesConnects { get; }

    bool DecidesSubscribe(ChannelName channel);

    bool DecidesPublish(ChannelName channel);

    bool Handles(string method);
}
