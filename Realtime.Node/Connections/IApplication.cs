using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>The application's own code, as far as connections ask it.</summary>
internal interface IApplication : IApplicationInterest
{
    /// <summary>Never throws and always ends: what goes wrong in the application is a refusal.</summary>
    ValueTask<Verdict> AskAsync(Question question);
}
