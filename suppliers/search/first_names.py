"""First names that are common in Québec, folded: a search that has one may say who someone is, and is not kept."""

_NAMES = """
adam adele adrien agathe ahmed aissatou alain albert alexandra alexandre alexis ali alice alicia aline alyssa
amelia amelie aminata amine amira anais andre andrea andreanne andree andrew angela angele angelique anna
annabelle anne annick annie anthony antoine antonio ariane arianne arthur audrey aurelie aurore axel ayoub
beatrice benedicte benjamin benoit bernadette bernard bertrand bianca brigitte bruno camille carl carlos carole
caroline cassandra catherine cecile cedric celine chantal charles charlotte chloe christelle christian
christiane christina christine christophe christopher claire claude claudette claudia claudie claudine clement
clementine colette coralie corinne cynthia cyril damien daniel daniele danielle danny dany david davide deborah
delphine denis denise diane didier dominic dominique donald dorothee edith edouard elena eliane elias elisabeth
elise elizabeth elodie emanuel emile emilie emily emma emmanuel emmanuelle eric erica erik estelle esther
etienne eugene eugenie eva eve eveline evelyne fabien fabienne fabrice fatima fatou felix fernand florence
florian francine francis franck francois francoise frank frederic frederick frederique gabriel gabriela
gabrielle gaetan gaetane gaston genevieve george georges georgette gerald gerard germain ghislain ghislaine
gilbert gilles ginette gisele gregoire gregory guillaume gustave guylaine guylene hamza hannah hassan helena
helene henri henriette hubert hugo ibrahim ines irene isabel isabelle ismael ivan jacinthe jacob jacqueline
jacques jade james jasmin jasmine jason jean jeanne jeannine jennifer jeremie jeremy jerome jessica jimmy joanie
joanne joannie jocelyn jocelyne joelle johanne john jonathan jose josee joseph josephine joshua josiane judith
jules julia julian julie julien juliette justin justine karen karim karina karine kathleen kathy katia kelly
kevin khadija kim laila laura laurence laurent laurie lea leila leo leon leonard leonie leopold liam liliane
lily lina linda lionel lisa lise loic lorraine louis louise luc luca lucas lucette lucie lucien lucienne lucille
ludovic lyne madeleine magali malika manon manuel marc marcel marcelle marco margot marguerite maria mariam
marianne marie marielle marilou marilyn marilyne marina mario marjolaine marjorie marlene martha martin martine
mary maryse mathias mathieu mathilde mathis matthew maude maurice maxim maxime maya megan mehdi melanie melissa
melodie michael michaela michel micheline michelle mireille mohamed mohammed monique muriel mylene myriam nadege
nadia nadine nancy natacha natasha nathalie nathan nicholas nicolas nicole noah noel noemie nora normand odette
odile olga olivia olivier omar oscar pascal pascale patrice patricia patrick paul paula paule pauline pedro
philippe pierre pierrette quentin rachel rachid raoul raphael raphaelle raymond raymonde rebecca rejean rejeanne
remi renaud rene renee reynald richard robert roberto robin rodolphe rodrigue roger roland rolande romain romane
romeo ronald rosaire rosalie roxane roxanne ruth ryan sabrina salma samantha samira samuel sandra sandrine sara
sarah sebastien serge severine simon simone sofia solange solene sonia sophie stefan stephan stephane stephanie
steve steven suzanne suzie sylvain sylvette sylviane sylvie tania tanya tatiana theo theodore therese thierry
thomas timothy tommy tristan ulric valerie vanessa veronique vicky victor victoria vincent virginie viviane
wilfrid william xavier yan yanick yann yannick yasmine yolande youssef yvan yves yvette yvon yvonne zachary zoe
"""
FIRST_NAMES = frozenset(_NAMES.split())
