using System.Xml.Linq;

namespace Cumulus.AwsClients;

/// <summary>Comes out of an XML answer. Elements that it does not know are left alone: services add members.</summary>
internal interface IXmlShape
{
    void Read(XElement e);
}
